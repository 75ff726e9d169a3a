"""
The words by which a question names a call by its order, in the nine languages.

Patterns are as in `time_words`: `the very first call`, `son tout premier appel`, `als sie zuletzt anrief`.
"""

from msgspec import Struct

LAST_CALL, CALL_BEFORE_LAST, FIRST_CALL_KIND = "last_time", "time_before_last", "first_time"


class CallWords(Struct, frozen=True, kw_only=True):
    """
    The words of one language.

    `first`, `last` and `before_last` are orders, as they stand before a noun, and `behind` are those that stand behind
    it, by their kind. `calls` are nouns for a call, and `times` those for a time at which somebody called. `lead` is
    what comes before these, `elided` what does with an apostrophe. `that` begins what tells more of a time, `called`
    says that it was a call. `whole` are other ways to name a call, by their kind. `other` are words behind a noun that
    make something else of it: `the first contact person`.
    """

    first: str
    last: str
    before_last: str
    calls: str
    times: str
    lead: str
    elided: str = "$^"
    behind: dict[str, str] = {}
    that: str = "$^"
    called: str = "$^"
    whole: dict[str, str] = {}
    other: str = "$^"

    def phrases(self) -> dict[str, str]:
        """Return the pattern of each kind of call."""
        orders = {CALL_BEFORE_LAST: self.before_last, LAST_CALL: self.last, FIRST_CALL_KIND: self.first}
        return {kind: self._phrase(kind, order) for kind, order in orders.items()}

    def _phrase(self, kind: str, order: str) -> str:
        lead = rf"(?:(?:{self.lead}) |(?:{self.elided})')*"
        # `The last time she had a fever` names no call.
        time = rf"(?:{self.times})(?!\w)(?:,? (?:{self.called})|(?!,? (?:{self.that})(?!\w)))"
        call = rf"(?:{self.calls})(?!\w)(?! (?:{self.other}))(?:,? (?:{self.called}))?"
        behind, whole = self.behind.get(kind, "$^"), self.whole.get(kind, "$^")
        named = rf"(?:{order}) (?:{time}|{call})|(?:{self.calls}|{self.times}) (?:{behind})"
        return rf"(?:{whole})|{lead}(?:{named})"


_EN_WHO = r"(?:the )?(?!(?:was|is|the|that|which|who|what)(?!\w))\w+(?: (?:has|have|had|ever|did))*"
_EN_CALLED = (
    r"(?:called|phoned|rang|rung|telephoned|contacted|reached(?: out)?|got (?:in touch|through|hold of)|made contact"
    r"|been in touch|(?:was|were) in touch|spoken?|talked|wrote in|turned to)"
)
_EN_CALL = (
    r"(?:call|phone|ring|telephone|contact|reach(?: out)?|get (?:in touch|through|hold of)|make contact|speak|talk)"
)
_EN_FIRST, _EN_LAST = r"(?:first|initially|originally)", r"(?:last|most recently)"
# `When did he first call an ambulance?` is about no call with us.
_EN_US = r"(?: (?:us|me|in|up|here|back|to us|with us|to|with|you))*(?! (?:an?|his|her|him|my|their|them|it)(?!\w))"
_EN_BEHIND = (
    r"(?:(?:an?|the|his|her|him|my|their|them) |person|list|number|detail|name|cent(?:er|re)|point"
    r"|in (?:an )?emergenc|for emergenc|up|off)"
)
CALL_WORDS = {
    "en": CallWords(
        first=r"(?:absolute |very )?(?:first|1st)(?: ever)?|initial|earliest",
        last=r"(?:very )?(?:last|latest|previous|most recent|newest)",
        before_last=r"second[- ](?:to|from)[- ]last|next[- ]to[- ]last|penultimate|last but one",
        calls=r"(?:phone |telephone )?(?:calls?|conversations?|chats?|contact|talk)",
        times=r"time",
        lead=r"in|on|during|from|at|of|for|with|the|that|my|our|your|their|his|her|\w+'s",
        that=r"(?:that )?(?:we|i|you|they|he|she|it|the \w+)|that|buyers?|guests?|visitors?|customers?|slot",
        called=rf"(?:that |when )?{_EN_WHO} {_EN_CALLED}{_EN_US}",
        whole={
            CALL_BEFORE_LAST: r"(?:the )?(?:phone )?(?:time|call|conversation) before (?:the )?last(?: one)?"
            r"|the (?:phone )?(?:time|call|conversation) before(?: that)?(?=\W*$)",
            LAST_CALL: rf"(?:when )?{_EN_WHO} {_EN_LAST} {_EN_CALLED}{_EN_US}"
            rf"|(?:when )?(?:did|have|has) {_EN_WHO} {_EN_LAST} (?:{_EN_CALL}|{_EN_CALLED}){_EN_US}"
            rf"|when {_EN_WHO} {_EN_CALLED}{_EN_US} last",
            FIRST_CALL_KIND: rf"(?:when )?{_EN_WHO} {_EN_FIRST} {_EN_CALLED}{_EN_US}"
            rf"|(?:when )?(?:did|have|has) {_EN_WHO} {_EN_FIRST} (?:{_EN_CALL}|{_EN_CALLED}){_EN_US}"
            rf"|when {_EN_WHO} {_EN_CALLED}{_EN_US} first",
        },
        other=_EN_BEHIND,
    ),
    "de": CallWords(
        first=r"(?:aller|absolut )?erste[nrsm]?",
        last=r"(?:aller)?letzte[nrsm]?|vor(?:her)?ige[nrsm]?|jungste[nrsm]?|vergangene[nrsm]?|neueste[nrsm]?",
        before_last=r"vorletzte[nrsm]?",
        calls=r"(?:telefon)?(?:anruf|gesprach|kontakt)(?:e?s)?|telefonate?s?|kontaktaufnahme|unterhaltung",
        times=r"mal",
        lead=r"im|beim|in|bei|vom|von|zum|zur|der|die|das|dem|den|des|wahrend|seit"
        r"|(?:unser|mein|sein|ihr|euer|dies)(?:e[mnrs]?)?",
        called=r"(?:als|dass) (?:(?:sie|er|ich|wir|sich|uns|bei uns|hier) )*"
        r"(?:angerufen|anrief|gemeldet|meldete|gesprochen|sprach|telefoniert)(?: (?:hat|haben|habe))?",
        whole={
            CALL_BEFORE_LAST: r"(?:(?:beim|im|der|das|dem) )*(?:mal|anruf|gesprach|telefonat) (?:davor|zuvor)",
            LAST_CALL: r"zuletzt",
            FIRST_CALL_KIND: r"zuerst (?:angerufen|gemeldet)|(?:(?:im|beim|der|ihr|sein)(?:e[mnrs]?)? )*"
            r"erst(?:anruf|gesprach|kontakt)(?:s|es)?",
        },
    ),
    "es": CallWords(
        first=r"primer(?:[ao]|isim[ao])?",
        last=r"ultim(?:[ao]|isim[ao])|pasad[ao]|anterior",
        before_last=r"penultim[ao]",
        calls=r"llamadas?(?: telefonicas?)?|conversacion|contacto|charla|comunicacion",
        times=r"vez",
        lead=r"en|de|del|por|durante|desde|a|la|el|mi|su|nuestr[ao]",
        behind={
            CALL_BEFORE_LAST: r"(?:anterior|previa) a la ultima|antes de la ultima",
            LAST_CALL: r"anterior|pasada|previa|mas reciente",
            FIRST_CALL_KIND: r"inicial",
        },
        that=r"(?:en )?que",
        called=r"(?:en )?que (?:\w+ ){0,3}?"
        r"(?:llam[eoa]\w*|habl[eoa]\w*|contact[eoa]\w*|telefone\w*|(?:puso|puse|pusimos) en contacto)",
        other=r"(?:de )?(?:emergencia|urgencia)|perdida",
    ),
    "fr": CallWords(
        first=r"(?:toute? )?premiere?",
        last=r"(?:toute? )?derniere?|precedente?|plus recente?",
        before_last=r"avant[- ]derniere?",
        calls=r"appel(?: telephonique)?|coup de (?:fil|telephone)|conversation|echange|entretien telephonique"
        r"|prise de contact|contact|discussion",
        times=r"fois",
        lead=r"lors|cours|au|a|de|du|dans|pendant|depuis|pour|des|l[ae]|m[ao]n?|s[ao]n?|notre|leur|ce|cet|cette",
        elided="[ld]",
        behind={
            CALL_BEFORE_LAST: r"d'avant(?=\W*$)",
            LAST_CALL: r"precedente?|l[ea] plus recente?",
            FIRST_CALL_KIND: r"initiale?",
        },
        that=r"(?:que|ou)|qu'\w+",
        called=r"(?:que |ou |qu')(?:[\w-]+[' ]){0,4}?"
        r"(?:appel[ea]\w*|telephone\w*|parle\w*|contacte\w*|mise? en contact|joint\w*)(?: nous)?",
        other=r"d'(?:urgence|offres)|en cas d'urgence",
    ),
    "it": CallWords(
        first=r"prim(?:[ao]|issim[ao])",
        last=r"ultim(?:[ao]|issim[ao])|precedente|scors[ao]",
        before_last=r"penultim[ao]",
        calls=r"chiamat[ae]|telefonat[ae]|conversazione|contatto|colloquio(?: telefonico)?|chiacchierata",
        times=r"volta",
        lead=r"in|a|al|alla|d[ia]|per|nell?[ao]?|dell?[ao]?|dalla|durante|fin|l[ao]|il|mi[ao]|su[ao]|nostr[ao]|loro",
        elided="(?:nel|del|al|dal)?l",
        behind={
            CALL_BEFORE_LAST: r"(?:precedente al|prima del)l'ultim[ao]|prima(?=\W*$)",
            LAST_CALL: r"precedente|scorsa|piu recente",
            FIRST_CALL_KIND: r"iniziale",
        },
        that=r"che|in cui",
        called=r"(?:che|in cui) (?:\w+ ){0,4}?(?:chiamat\w|telefonat\w|parlat\w|contattat\w|sentit\w"
        r"|mess[ao] in contatto|chiamava|chiamo|telefono)(?: in contatto)?",
        other=r"di (?:lavoro|emergenza)",
    ),
    "nl": CallWords(
        first=r"(?:aller)?eerste",
        last=r"(?:aller)?laatste|vorige?|meest recente|recentste",
        before_last=r"voorlaatste|(?:op )?een na laatste",
        calls=r"(?:telefoon)?gesprek(?:je)?|telefoontje|belletje|contact(?:moment)?",
        times=r"keer|maal",
        lead=r"in|tijdens|van|bij|op|met|sinds|de|het|onze?|mijn|zijn|haar|hun",
        that=r"dat",
        called=r"dat (?:\w+ ){1,2}?(?:(?:ons|met ons|hier|heeft|had|contact) )*"
        r"(?:op)?(?:belden?|gebeld|sprak(?:en)?|gesproken|opnam(?:en)?|opgenomen|zocht)",
        whole={
            CALL_BEFORE_LAST: r"(?:(?:de|het|in|bij|tijdens) )*(?:keer|gesprek|telefoontje) (?:daar|er)voor",
            LAST_CALL: r"voor het laatst",
            FIRST_CALL_KIND: r"voor het (?:aller)?eerst",
        },
    ),
    "pl": CallWords(
        first=r"(?:sam\w+ )?(?:naj)?pierwsz(?:y|a|ej|ego|ym|emu)",
        last=r"ostatni(?:a|ej|ego|m|emu)?|poprzedni(?:a|ej|ego|m|emu)?|zeszlym|najnowsz(?:a|ej|ego|ym)",
        before_last=r"przedostatni(?:a|ej|ego|m|emu)?",
        # `Telefon` is a thing too.
        calls=r"rozmow(?:a|y|ie)|telefon(?:u|ie|em)|polaczeni(?:e|a|u|em)|kontak(?:tu|cie|tem)",
        times=r"raz(?:em)?",
        lead=r"we?|ze?|podczas|przy|za|po|od|trakcie|moje(?:j|go)|nasze(?:j|go)|swoje(?:j|go)|jego|jej|ich|te(?:j|go)",
        behind={LAST_CALL: r"ostatni", FIRST_CALL_KIND: r"pierwszy"},
        whole={
            CALL_BEFORE_LAST: r"(?:rozmow(?:a|ie)|telefon(?:ie)?|raz(?:em)?) (?:wczesniej|przedtem)(?=\W*$)",
            LAST_CALL: r"ostatnio",
        },
    ),
    "pt": CallWords(
        first=r"primeir(?:[ao]|issim[ao])",
        last=r"ultim(?:[ao]|issim[ao])|passada|anterior",
        before_last=r"penultim[ao]",
        calls=r"ligacao|chamada(?: telefonica)?|telefonema|conversa|contac?to",
        times=r"vez",
        lead=r"em|n?[ao]|d[ao]|de|pel[ao]|desde|durante|minha|meu|sua|seu|nossa|nosso",
        behind={
            CALL_BEFORE_LAST: r"(?:anterior|antes) (?:a|da) ultima",
            LAST_CALL: r"anterior|passad[ao]|mais recente",
            FIRST_CALL_KIND: r"inicial",
        },
        that=r"(?:em )?que",
        called=r"(?:em )?que (?:\w+ ){0,3}?(?:lig(?:ou|uei|amos|aram)|fal(?:ou|ei|amos|aram)|telefon\w+|contac?t\w+"
        r"|entr\w+ em contac?to)(?: conosco)?",
        other=r"de emergencia",
    ),
    "sv": CallWords(
        first=r"(?:allra |absolut )*forsta",
        last=r"(?:allra )?(?:forra|senaste|sista|foregaende)",
        before_last=r"nast (?:sista|senaste)|naest sista|forrforra",
        calls=r"(?:telefon)?samtal(?:et)?|kontakten",
        times=r"gang(?:en)?",
        lead=r"i|under|fran|vid|for|pa|det|den|vart|mitt|ditt|sitt|hans|hennes|deras",
        that=r"(?:som |nar )?(?:hon|han|jag|vi|du|ni|de)",
        called=r"(?:som |nar )?(?:hon|han|jag|vi|du|ni|de|kunden) "
        r"(?:ringde|kontaktade|horde av sig|pratade|talade|tog kontakt)",
        whole={
            CALL_BEFORE_LAST: r"(?:(?:i|vid|den|det) )*(?:gangen|samtalet) (?:innan|dessforinnan)(?=\W*$)",
            LAST_CALL: r"(?:vi )?sist|senast",
            FIRST_CALL_KIND: r"(?:nar )?(?:hon|han|jag|vi|kunden) forst (?:ringde|kontaktade|horde av|tog kontakt)"
            r"|allra forst",
        },
    ),
}
