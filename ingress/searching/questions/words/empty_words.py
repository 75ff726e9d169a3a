"""
The words of questions that ask about nothing in particular, and those that ask what a call was about.

In lower case, without accents. `What did she say?` names no subject, and `what was her complaint?` none of its own.
"""

from projector.domain.facts.told.word_list import words

EMPTY_WORDS = {
    "de": words(
        """
        alles an angerufen anlass anlasse anliegen anrief anruf anrufe anrufer anruferin auf aufgenommen aufnahm
        bei beim besprachen besprochen brachte braucht brauchte das dass dem den der die du ein eine er ersten
        erwahnt erzahlt es etwas fragte gab gefragt gemeldet gerufen gesagt geschah gesprach gesprache
        gesprochen gewandt ging grund grunde habe haben handelte hat hatte hatten ich ihm ihr ihre ihrem ihren
        im in ist kontakt kontaktiert kontaktierte kunde kundin man meldete mich mir mit nahm passiert passierte
        rief sagte sagten sein seine seinem seinen sich sie sprach sprachen telefoniert telefonierte thema
        themen uber um und uns wandte wann war waren warum was welche wer weshalb wieso wir wissen wollen wollte
        woruber worum wurde zu zuletzt
        """
    ),
    "en": words(
        """
        a about an and any anything are ask asked at been bring brought call called caller calling calls came
        can chat client contact contacted conversation conversations customer d did discuss discussed do does
        done during everything first for from get getting give got had happen happened happening has have he her
        him his how i in is it know list ll me mention mentioned my need needed of on our out phone phoned
        purpose rang reach reached reason reasons recall remember ring ringing rung s said say saying share
        shared she show speak spoke spoken subject summarise summarize summary talk talked talking telephoned
        tell that the their them there they thing things this to told topic topics touch up us user want wanted
        was we were what when which who why with you your
        """
    ),
    "es": words(
        """
        a al algo asunto asuntos cliente comento comunico con contactado contacto conversacion converso cosa
        cosas cual cuales cuando de del dije dijimos dijo el ella en era esa eso esta fue ha habia hablado
        hablamos hable hablo he hemos la las llama llamada llamadas llamado llamamos llame llamo lo los me
        menciono mi motivo motivos necesitaba nos nosotros nuestra para paso pidio por porque pregunte pregunto puesto
        puso que queria quien quiso razon se sobre su telefoneo telefono tema temas todo trataba tratamos trato
        un una usted y yo
        """
    ),
    "fr": words(
        """
        a agissait agit ai ait appel appelait appelant appele appels au avait avez avons besoin c ce cela chose
        choses client cliente contact contacte contactes conversation d dans de demandait demande des dire dis
        discute dit du elle en est et etait evoque fil il j je l la le les m ma me mentionne mis mise mon motif
        motifs ne nous objet on ont parle parlions pas passe pendant pourquoi qu qu'est quand que quel quelle
        quelles quels qui quoi raison raisons s s'agissait sa se ses sont sujet sujets sur t telephona telephone
        tout un une voulait voulu vous
        """
    ),
    "it": words(
        """
        a abbiamo al alla argomenti argomento aveva avevo bisogno che chi chiama chiamata chiamate chiamato
        chiamo chiedeva chiese chiesto ci cliente con contattato contatto conversazione cosa cose cui da dal
        dalla del della detto di discusso e era fatta fatto gli ha ho i il in io l la le lo lui messa messo mi
        mia mio motivi motivo ne nella noi nostra nostro parlare parlato per perche qual quale quali quando
        raccontato ragione s se sentire si sono su sua successo suo telefonata telefonato telefono trattava
        tutto un una voleva voluto
        """
    ),
    "nl": words(
        """
        aan aanleiding alles belde bellen beller besproken contact dat de die ding dingen dit door een en er
        gaan gaf gebeld gebeurd gebeurde gemeld genoemd gepraat gesprek gesprekken gesproken gevraagd gezegd
        ging haar had hadden heb hebben heeft het hij hun ik in is ja klant me met mij mijn nam nodig of om
        omdat onderwerp onderwerpen ons onze op opgenomen opnam over praatte reden redenen sprak spraken te
        tegen telefoon toen u uit van verteld vraag vragen vroeg waar waarom waarover wanneer waren was wat we
        welke werd wie wij wilde wou ze zei zeiden zij zijn zocht
        """
    ),
    "pl": words(
        """
        byl byla bylismy bylo byly chcial chciala co cos czego czym dlaczego dotyczyl dotyczyla dotyczylo
        dzwonil dzwonila dzwonilam dzwonilem i ja jaka jaki jakie jego jej kiedy klient klientka kontaktowal
        kontaktowala m mial miala mnie moj moja mowil mowila mowilam mowilem mowilismy my na nam nami o
        omawialismy on ona opowiedzial pan pani po potrzebowal potrzebowala powiedzial powiedziala powiedzialam
        powiedzialem powod powodem przyczyna pytal pytala rozmawial rozmawiala rozmawialam rozmawialem
        rozmawialismy rozmowa rozmowie rozmowy sie skontaktowal skontaktowala sprawa sprawie sprawy stalo
        telefonowal telefonowala telefonu temat tematy to w wspomnial wspomniala wszystko z zadzwonil zadzwonila
        zapytal zapytala ze zglaszal zglosil zglosila
        """
    ),
    "pt": words(
        """
        a aconteceu algo ao as assunto assuntos cliente coisa coisas com connosco conosco contactar contacto
        contactou contato contatou contei contou conversa conversamos conversas conversou da das de dela dele
        discutimos disse dissemos do dos e ela ele em entrou era eu falamos falei falou foi ha isso ligacao
        ligacoes ligamos ligou liguei mencionei mencionou meu minha motivo na nas no nos nossa o os pedi pediu
        perguntei perguntou por porque precisava quais qual quando que quem queria razao se sobre sua telefonema
        telefonou tinha tratamos tratava tudo um uma voce
        """
    ),
    "sv": words(
        """
        allt anledning anledningen att av behovde berattade berattat da de det diskuterade diskuterat du en ett
        fragade fragat fram fran gallde ha hade han handa hande handlade hans har hennes hon horde hort i jag
        kontakt kontaktade kontaktat kund kunden med mig min mitt nagot namnde namnt nar om orsak orsaken oss pa
        pratade pratat ringde ringt sa sade sagt saker samtal samtalen samtalet sig skal skalet som talade talat
        till tog under upp uppringaren ut vad var varfor vi vilka vilken vilket ville
        """
    ),
}
# What somebody wanted of a call.
MATTER_WORDS = {
    "de": words(
        """
        bat beschwerde beschwert beschwerte bitte erbat forderte klagte problem probleme wunsch wunsche wunschte
        """
    ),
    "en": words(
        """
        complain complained complaint complaints concern concerned concerns enquiry initial initially inquiry
        issue issues matter occasion original originally problem problems request requested requests trouble
        """
    ),
    "es": words(
        """
        necesito ocasion pedido peticion problema problemas queja quejaba quejas quejo solicito solicitud
        """
    ),
    "fr": words(
        """
        besoins demandes occasion plaignait plaint plainte probleme problemes souhaitait souhaite
        """
    ),
    "it": words(
        """
        lamentata lamentato lamentava lamentela lamentele occasione problema problemi reclamato reclamo
        richiesta richieste
        """
    ),
    "nl": words(
        """
        geklaagd klaagde klacht klachten probleem problemen verzoek verzoeken
        """
    ),
    "pl": words(
        """
        poprosil poprosila problem problemem problemy prosba prosby prosil prosila skarga skargi skarzyl
        skarzyla
        """
    ),
    "pt": words(
        """
        ocasiao pedido pedidos precisou problema problemas queixa queixava queixou reclamacao reclamacoes
        reclamou solicitou
        """
    ),
    "sv": words(
        """
        arende arendet bad begaran begarde klagade klagat klagomal onskade onskan problem problemet
        """
    ),
}
