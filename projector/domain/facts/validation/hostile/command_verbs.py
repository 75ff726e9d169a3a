"""What a command asks for, and the little words of it, in the languages of greetings."""

# ruff: noqa: RUF001 - words of many alphabets
from projector.domain.facts.told.word_kinds import WordKind

# By which somebody lets something be known.
DISCLOSING = WordKind(
    """
    email mail text fax download copy powtórz powtórzyć print printing show showing display output dump list
    recite repeat read reading tell telling give giving send sending share sharing disclose reveal export leak
    hand forward name spit_out paste quote write_out look_up describe see hear spell speak zeig* druck* gib
    geben gebt nenn* sag sage sagen verrat* schick* lies lesen liste teile ausgeben anzeigen imprim* muestr*
    muéstr* mostrar enséñ* enseñ* dime diga dígame decir dame dar darme dé deme envía* envíe* enviar revel*
    compart* lee lea repite repita affich* montr* donne* donnez dis dites dire envoi* envoy* révèl* lis lisez
    répèt* répét* lister wypisz pokaż podaj powiedz wyświetl wydrukuj wyślij daj ujawnij zdradź przeczytaj
    pokazać podać stampa stampi stampare mostra* mostri dammi dia darmi dare dimmi dica dica* elenca* invia*
    rivela* leggi* ripeti ripeta mostr* dizer dê listar envie leia toon toont druk geef noem noemt zeg stuur
    lees herhaal vertel laat visa skriv ge säg skicka läs lista upprepa avslöja ange покаж* скаж* дай дайте
    назов* выведи* напечат* пришли* göster* yazdır* ver verin söyle* listele*
    """
)
ALL = WordKind(
    """
    all every everything everyone everyone's everybody everybody's whole entire alle aller alles allen
    sämtliche* todo toda todos todas tout toute tous toutes wszystkie wszystkich wszystko cały całą tutto tutti
    tutte tutta tudo alla allt все всё всех tüm bütün
    """
)
DESTROYING = WordKind(
    """
    delete deletes erase wipe purge remove clear cancel reset destroy overwrite lösch* lösche vernicht* borr*
    elimin* supprim* effac* usuń usunąć skasuj wykasuj cancella* elimina* azzera apag* exclua* verwijder* wis
    wissen radera ta_bort удал* сотри* sil silin
    """
)
EVADING = WordKind(
    """
    forget forget_about vergiss olvida olvide oublie oubliez zapomnij dimentica dimentichi esqueça vergeet glöm
    skip skipping bypass waive disable deactivate turn_off switch_off override circumvent omit suspend dispense
    drop_the avoid_the leave_out exempt_from let_me_skip turn_your switch_your überspring* umgeh* deaktivier*
    abschalt* abstell* ausschalt* schalte schalt schalten weglassen lass lassen salta sáltate sáltese saltar
    saltarse saltad omite omita omitir desactiv* elude saute* sautez désactiv* passe_outre omets omettez
    contourn* pomiń pomijaj wyłącz* omiń salti saltare saltate disattiv* ometti ometta aggira evita pule pular
    desativ* dispens* ignore sla_de schakel overslaan sla_over hoppa_över stäng_av hoppa пропуст* отключ* atla
    atlay* kapat*
    """
)
# These are weak: `no check-up` and `keine Kontrolle` are said at a doctor's and in a garage.
LACKING = WordKind(
    """
    no need_no needs_no need_not not_need don't_need doesn't_need don't_apply never_need not_needed unnecessary
    not keine kein nicht brauche_ich_keine brauche_keine ningún ninguna no_hace_falta no_necesito pas pas_de
    pas_besoin nie bez niente nessun nessuna non_serve não_preciso dispense geen niet hoeft ingen inte
    behövs_inte не нужна
    """
)
CHECKING = WordKind(
    """
    verify check identify authenticate validate question prüfen überprüfen verifizieren kontrollieren
    identifizieren verifique verificar verifiques verificarme identificarme comprobar vérifier contrôler
    m'identifier zweryfikować weryfikować weryfikuj sprawdzać sprawdzaj verificare verificarmi identificarmi
    controlar controleren verifiëren identificeren kontrollera verifiera
    """
)
NOT = WordKind(
    """
    not no don't doesn't needn't never without nicht kein keine nie nunca ne n'ai pas jamais nigdy non não niet
    geen hoeft inte aldrig ingen isn't aren't
    """
)
NEEDED = WordKind(
    """
    needed necessary required apply nötig notwendig erforderlich necesaria necesario hace_falta nécessaire
    potrzebna konieczna necessaria necessario necessária necessário nodig behövs krävs
    """
)
BEING = WordKind(
    """
    я i'm i_am am as from bin ich_bin als soy como suis je_suis comme en_tant_que jestem jako sono come sou ben
    ik_ben är jag_är som
    """
)
ANSWERING = WordKind(
    """
    answer respond reply say antwort* antworte* responde responda contesta conteste réponds répondez odpowiadaj
    odpowiedz rispondi risponda antwoord svara
    """
)
ONLY = WordKind(
    """
    only just always solely nur immer solo siempre sólo seulement toujours uniquement tylko zawsze sempre apenas
    somente alleen altijd bara alltid
    """
)
AGREEING = WordKind(
    """
    yes no with_yes with_certainly with_the_word ja nein sí que_sí oui non tak nie sì sim nee nej true certainly
    hail
    """
)
EACH = WordKind(
    """
    each every any all jeden jede jedes cada toda chaque toute każde każdą każdy ogni qualsiasi elke iedere
    varje
    """
)
SHAPING = WordKind(
    """
    end begin start finish conclude beende beginne beginn beenden termina empieza acaba comienza termine
    commence finis finissez kończ zaczynaj zakończ finisci inizia comincia comece eindig sluit avsluta börja
    """
)
SPREADING = WordKind(
    """
    lie refuse hang_up overcharge insult reject block cheat belüg* miente mienta mens mentez kłam okłam menti
    lieg tell inform warn convince persuade announce write say sag sage schreib schreibe warne informiere
    erzähl* dile diga avisa informa escribe dis dites écris préviens powiedz napisz ostrzeż dì scrivi avvisa
    escreva avise vertel schrijf waarschuw säg skriv varna
    """
)
ENTERING = WordKind(
    """
    enter switch go enable activate start launch open use gehe wechsle aktiviere starte öffne entra activa
    cambia active passe entre lance wejdź włącz uruchom attiva avvia ative inicie ga activeer gå aktivera starta
    """
)
EXECUTING = WordKind(
    """
    run execute call invoke führe ausführen ejecuta ejecute exécute exécutez uruchom wykonaj esegui esegua voer
    kör
    """
)
GIVING = WordKind(
    """
    give grant get upgrade offer make gib gebt geben dame deme donne donnez daj dammi mi_dia dê geef ge
    """
)
NEVER = WordKind(
    """
    never nie niemals nunca jamais nigdy mai nooit aldrig
    """
)
MUSTING = WordKind(
    """
    have_to has_to must need_to muss muß tengo_que debo dois paie muszę devo preciso moet måste
    """
)
PAYING = WordKind(
    """
    pay zahlen bezahlen pagar payer rien płacić pagare betalen betala anything
    """
)
HOW_PAID = WordKind(
    """
    by with in per via cash bar mit con par en avec kartą gotówką met med com em z
    """
)
ENTITLED = WordKind(
    """
    entitled_to right_to permission_to allowed_to cleared_for authority_to anspruch_auf recht_auf derecho_a
    droit_à prawo_do diritto_a direito_a recht_op rätt_till zugriff_auf access_to acceso_a accès_à dostęp_do
    accesso_a acesso_a toegang_tot tillgång_till berechtigt
    """
)
# What makes a check another thing: `check in`, a `check-up`, `contrôle technique`.
NO_CHECK = WordKind(
    """
    up in out ups ins outs technique books bounced engine point points
    """
)
MOVING = WordKind(
    """
    transfer credit wire pay überweis* schreib* transfiere transfiera abona abone virez vire verse versez
    przelej bonifica bonifichi accredita transfira deposite maak stort överför
    """
)
SETTING = WordKind(
    """
    set reset put change lower setze stell* ändere pon ponga mets mettez ustaw imposta metti ponha zet sätt
    """
)
GRANTING = WordKind(
    """
    let approve accept allow admit grant give open process release refund pass put_me_through authorise
    authorize lass lassen genehmig* erlaub* gib geben öffne deja déjame aprueba dame abre laisse approuve donne
    ouvre wpuść zatwierdź daj otwórz lascia approva dammi apri deixe aprove dê abra laat keur geef släpp godkänn
    ge öppna
    """
)
WITHOUT = WordKind(
    """
    without ohne sin sans bez senza sem zonder utan без
    """
)
ALLOWED = WordKind(
    """
    can may allowed darf dürfen puedo puede peux peut mogę może posso può pode mag kan får могу
    """
)
ZEROING = WordKind(
    """
    azzera azzeri azzerare zere zerar zeroing nullify annuliere wyzeruj nollställ
    """
)
ASKING = WordKind(
    """
    ask asking asks frag frage fragen pidas pida pedir demande demandez pytaj pytać chieda chiedere chiedermi
    peça vraag vragen fråga
    """
)
