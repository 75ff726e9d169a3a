"""The words by which each of the nine languages says that something is not known."""

from collections.abc import Sequence

from msgspec import Struct


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class NothingKnown(Struct, frozen=True, kw_only=True):
    """
    The words of one language, in lower case.

    `unknown` says it beside any other word here, as in `unknown number`. `nothing` says it alone, or with one of
    `told`. `no` says it only with one of `told`: `not provided`, `no information`. `things` and `small` may stand
    beside these: `no phone number was given in this call`. `caller` stands for somebody whose name is not known,
    alone or with an article (or `qui appelle`); `customer` only with one: `customer` alone may be what was asked for.
    """

    unknown: frozenset[str]
    nothing: frozenset[str]
    no: frozenset[str]
    told: frozenset[str]
    things: frozenset[str]
    small: frozenset[str]
    articles: frozenset[str]
    caller: frozenset[str]
    customer: frozenset[str]

    def words(self) -> frozenset[str]:
        """Return all words."""
        return frozenset().union(
            self.unknown,
            self.nothing,
            self.no,
            self.told,
            self.things,
            self.small,
            self.articles,
            self.caller,
            self.customer,
        )

    def says_nothing(self, words: Sequence[str]) -> bool:
        """Return whether a text of these words, at least one, says that something is not known."""
        said = frozenset(words)
        if not said <= self.words():
            return False
        if said & self.unknown or (said <= self.nothing):
            return True
        if said & (self.no | self.nothing) and said & self.told:
            return True
        if said <= self.caller | self.articles:
            return bool(said & self.caller)
        return said <= self.customer | self.articles and bool(said & self.customer) and bool(said & self.articles)


_EVERYWHERE = _words("null undefined tbd tba nan nil")

LANGUAGES = (
    NothingKnown(  # English
        unknown=_words(
            "unknown unspecified undisclosed unidentified unnamed unstated unclear inaudible unintelligible "
            "anonymous withheld inapplicable undetermined"
        )
        | _EVERYWHERE,
        nothing=_words("none"),
        no=_words("no not never didn hasn wasn isn doesn couldn cannot without"),
        told=_words(
            "provided given mentioned stated specified known available applicable disclosed collected shared supplied "
            "indicated identified obtained recorded captured asked discussed detected revealed offered set determined "
            "provide give mention state specify disclose share say indicate identify supply reveal said "
            "information info data details detail value name names"
        ),
        things=_words(
            "first last full surname email e mail phone telephone number address date of birth reason preferred"
        ),
        small=_words(
            "a an any by in from of this that it its was were is are be been being has have had did do does could s t "
            "yet so far during at time call conversation transcript chat their his her him them they he she there for "
            "to us"
        ),
        articles=_words("the"),
        caller=_words("caller callers"),
        customer=_words("user customer client speaker"),
    ),
    NothingKnown(  # German
        unknown=_words("unbekannt unbekannte unbekannter unbekanntes undefiniert unklar anonym unverständlich")
        | _EVERYWHERE,
        nothing=_words("kein keine keiner keines nichts"),
        no=_words("nicht keinen keinerlei ohne nie"),
        told=_words(
            "angegeben genannt bekannt mitgeteilt erwähnt verfügbar vorhanden zutreffend anwendbar gesagt gegeben "
            "hinterlegt spezifiziert erfasst angabe angaben name namen daten information informationen wert nennen "
            "anzugeben"
        ),
        things=_words(
            "telefonnummer nummer rufnummer email e mail adresse telefon datum geburtsdatum vorname nachname vornamen "
            "nachnamen grund"
        ),
        small=_words(
            "ein eine einen einem seinen seine ihren ihre vom von im in wurde wurden ist sind hat haben noch bisher es "
            "er sie gespräch anruf telefonat zum zur"
        ),
        articles=_words("der die das den dem des"),
        caller=_words("anrufer anruferin anrufers anrufende anrufender anrufenden"),
        customer=_words("kunde kundin kunden nutzer nutzerin benutzer benutzerin"),
    ),
    NothingKnown(  # Spanish
        unknown=_words("desconocido desconocida desconocidos anónimo anónima anonimo indefinido indefinida")
        | _EVERYWHERE,
        nothing=_words("ninguno ninguna nada"),
        no=_words("no sin nunca ningún"),
        told=_words(
            "proporcionado proporcionada proporcionó proporcionados dado dada dio indicado indicada indicó indicar "
            "especificado especificada especificar mencionado mencionada mencionó dicho dijo disponible aplica "
            "aplicable facilitado facilitada facilitó conocido conocida informado consta identificado identificar "
            "definido nombre dato datos información informacion"
        ),
        things=_words(
            "número teléfono telefono correo electrónico email dirección fecha nacimiento apellido apellidos motivo"
        ),
        small=_words("un una su del de por en lo se ha fue sido esta llamada conversación"),
        articles=_words("el la los las que llama"),
        caller=_words("llamante interlocutor persona"),
        customer=_words("usuario usuaria cliente clienta"),
    ),
    NothingKnown(  # French
        unknown=_words("inconnu inconnue anonyme indéfini indéfinie indisponible") | _EVERYWHERE,
        nothing=_words("aucun aucune néant rien"),
        no=_words("non pas ne n sans"),
        told=_words(
            "fourni fournie fournis précisé précisée communiqué communiquée donné donnée mentionné mentionnée "
            "renseigné renseignée indiqué indiquée spécifié spécifiée disponible applicable connu connue défini "
            "définie identifié identifiée objet nom données information informations"
        ),
        things=_words("numéro téléphone mail e email courriel adresse date naissance prénom motif"),
        small=_words("un une du de d par dans a été est cet cette appel conversation son sa"),
        articles=_words("le la les l qui appelle"),
        caller=_words("appelant appelante interlocuteur interlocutrice personne"),
        customer=_words("client cliente utilisateur utilisatrice"),
    ),
    NothingKnown(  # Italian
        unknown=_words("sconosciuto sconosciuta anonimo anonima ignoto ignota indefinito") | _EVERYWHERE,
        nothing=_words("nessuno nessuna niente nulla"),
        no=_words("non no senza nessun"),
        told=_words(
            "fornito fornita forniti specificato specificata indicato indicata menzionato menzionata comunicato "
            "comunicata dichiarato dichiarata disponibile applicabile noto nota pervenuto pervenuta dato detto "
            "conosciuto definito nome dati informazione informazioni"
        ),
        things=_words("numero telefono email mail e indirizzo data nascita cognome motivo"),
        small=_words("un una del della dal dalla da nel nella in è stato stata ha questa chiamata conversazione di"),
        articles=_words("il lo la l i gli le"),
        caller=_words("chiamante chiamanti"),
        customer=_words("cliente utente"),
    ),
    NothingKnown(  # Dutch
        unknown=_words("onbekend onbekende anoniem ongedefinieerd onduidelijk") | _EVERYWHERE,
        nothing=_words("geen niets"),
        no=_words("niet nooit zonder"),
        told=_words(
            "opgegeven vermeld genoemd bekend gegeven beschikbaar verstrekt aangegeven gespecificeerd ingevuld "
            "meegedeeld toepassing gezegd naam gegevens informatie"
        ),
        things=_words(
            "nummer telefoonnummer telefoon email e mail adres datum geboortedatum voornaam achternaam reden"
        ),
        small=_words("een door van in is was werd heeft nog dit gesprek zijn haar op"),
        articles=_words("de het"),
        caller=_words("beller opbeller"),
        customer=_words("klant gebruiker"),
    ),
    NothingKnown(  # Polish, which has no articles
        unknown=_words("nieznany nieznana nieznane anonimowy anonimowa nieokreślony nieokreślona nieokreślone")
        | _EVERYWHERE,
        nothing=_words("brak żaden żadna żadne nic"),
        no=_words("nie bez"),
        told=_words(
            "podano podany podana podane podał podała określono określony wspomniano dotyczy dostępny dostępna "
            "dostępne znany znana znane ustalono wskazano informacji danych imię imienia"
        ),
        things=_words("numer numeru telefon telefonu e mail email adres adresu data daty urodzenia nazwisko nazwiska"),
        small=_words("przez w z do tej rozmowie rozmowy został została zostało jest"),
        articles=_words(""),
        caller=_words("dzwoniący dzwoniąca dzwoniącego dzwoniącą dzwoniącej rozmówca rozmówcę"),
        customer=_words(""),
    ),
    NothingKnown(  # Portuguese
        unknown=_words("desconhecido desconhecida anônimo anônima anónimo anónima indefinido indefinida") | _EVERYWHERE,
        nothing=_words("nenhum nenhuma nada"),
        no=_words("não nao sem"),
        told=_words(
            "informado informada informou fornecido fornecida forneceu especificado especificada mencionado mencionada "
            "disponível aplicável aplica consta dito indicado indicada identificado identificada conhecido definido "
            "nome dados informação informações"
        ),
        things=_words("número telefone email e mail endereço data nascimento sobrenome apelido motivo"),
        small=_words("um uma do da de pelo pela na no nesta foi se chamada conversa ligação"),
        articles=_words("o a os as que ligou"),
        caller=_words("chamador chamadora interlocutor pessoa"),
        customer=_words("cliente usuário usuária utilizador utilizadora"),
    ),
    NothingKnown(  # Swedish, whose article is an ending
        unknown=_words("okänd okänt okända anonym odefinierad oklart") | _EVERYWHERE,
        nothing=_words("ingen inget inga"),
        no=_words("ej inte icke utan"),
        told=_words(
            "angivet angiven angivna angett uppgett uppgivet uppgiven nämnt nämnd specificerat specificerad "
            "tillgänglig tillgängligt tillämpligt känd känt lämnat sagt namn uppgift uppgifter information"
        ),
        things=_words(
            "nummer telefonnummer telefon e post epost mail email adress datum födelsedatum förnamn efternamn"
        ),
        small=_words("ett av i har är var blev samtalet under ännu"),
        articles=_words("den det en"),
        caller=_words("uppringare uppringaren inringare inringaren kunden användaren"),
        customer=_words(""),
    ),
)

# A text with any other word is no placeholder.
OF_PLACEHOLDERS = frozenset().union(*(language.words() for language in LANGUAGES))
