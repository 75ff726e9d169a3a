"""
The words by which a question names a call by its order, in the nine languages.

Patterns are as in `time_words`. Of similar ones the longest stands first.
"""

LAST_CALL, CALL_BEFORE_LAST, FIRST_CALL_KIND = "last_time", "time_before_last", "first_time"

CALL_WORDS = {
    "en": {
        CALL_BEFORE_LAST: r"(?:the )?(?:phone )?(?:time|call|conversation) before (?:the )?last(?: one)?"
        r"|(?:the |his |her |my |our |their )?(?:second[- ](?:to|from)[- ]last|penultimate|last but one) "
        r"(?:time|(?:phone )?call|conversation)",
        LAST_CALL: r"(?:the )?(?:last|previous|most recent) time(?: (?:we|i|you|they|he|she)(?: have| has)? "
        r"(?:spoke|spoken|talked|called|phoned|rang))?(?: (?:us|in))?"
        r"|(?:in |on |during |from |at )?(?:the |my |our |your |their |his |her )?(?:last|latest|previous|most recent) "
        r"(?:phone )?(?:calls?|conversation|chat|contact)"
        r"|when (?:did |have |has )?(?:the )?(?:we|i|you|they|he|she|it|caller|customer|client|patient|\w+) last "
        r"(?:speak|spoken?|talk|talked|call|called|phone|phoned|ring|rung|contact|contacted)(?: (?:us|me|in|here))?",
        FIRST_CALL_KIND: r"(?:the |for the )?(?:very )?first time(?: (?:we|i|you|they|he|she) (?:ever )?"
        r"(?:spoke|talked|called|phoned|rang))?(?: (?:us|in))?"
        r"|(?:in |on |during |from |at )?(?:the |my |our |your |their |his |her )?(?:very )?first "
        r"(?:phone )?(?:call|conversation|chat|contact)"
        r"|when (?:did |have |has )?(?:the )?(?:we|i|you|they|he|she|caller|customer|client|patient|\w+) first "
        r"(?:speak|spoke|talk|talked|call|called|phone|phoned|ring|contact)(?: (?:us|me|in|here))?",
    },
    "de": {
        CALL_BEFORE_LAST: r"(?:beim |das |im |der |dem )?vorletzte[nsrm]? (?:mal|anruf|gesprach|telefonat)",
        LAST_CALL: r"(?:beim |das |zum )?letzte[sn]? mal|zuletzt"
        r"|(?:im |beim |in (?:unserem |meinem |dem |seinem |ihrem )|(?:unser|mein|das|der) )?"
        r"(?:letzten?|letztes|letzter|vorige[nrs]?) (?:anruf|gesprach|telefonat|telefongesprach)",
        FIRST_CALL_KIND: r"(?:beim |das |zum )?(?:aller)?erste[sn]? mal|zuerst angerufen"
        r"|(?:im |beim |in (?:unserem |meinem |dem |seinem |ihrem )|(?:unser|mein|das|der) )?"
        r"erste[nrsm]? (?:anruf|gesprach|telefonat|telefongesprach)",
    },
    "es": {
        CALL_BEFORE_LAST: r"(?:en |de |por )?(?:la )?penultima (?:vez|llamada|conversacion)",
        LAST_CALL: r"por ultima vez|(?:en |de )?la (?:ultima|pasada) vez(?: que (?:llame|llamo|hable|hablo|hablamos))?"
        r"|(?:en |de |durante )?(?:la |mi |nuestra |su )(?:ultima|anterior|pasada) (?:llamada|conversacion)"
        r"|(?:en |de |durante )?la (?:llamada|conversacion) (?:anterior|pasada)",
        FIRST_CALL_KIND: r"por primera vez|(?:en |de )?la primera vez(?: que (?:llame|llamo|hable|hablo|hablamos))?"
        r"|(?:en |de |durante )?(?:la |mi |nuestra |su )primera (?:llamada|conversacion)",
    },
    "fr": {
        CALL_BEFORE_LAST: r"(?:l'|lors de l'|pour l'|de l'|mon |son |notre )?avant[- ]dernier(?:e)? "
        r"(?:fois|appel|conversation)",
        LAST_CALL: r"(?:pour )?(?:de )?la (?:derniere|precedente) fois(?: que (?:j'ai|nous avons|on a) "
        r"(?:appele|parle))?"
        r"|(?:lors de |dans |pendant |de |au cours de )?(?:mon |notre |son |le |du )?(?:dernier|precedent) appel"
        r"|(?:lors de |dans |pendant |de |au cours de )?(?:ma |notre |sa |la )(?:derniere|precedente) conversation",
        FIRST_CALL_KIND: r"(?:pour )?(?:de )?la (?:toute )?premiere fois(?: que (?:j'ai|nous avons|on a) "
        r"(?:appele|parle))?|(?:lors de |dans |pendant |de )?(?:mon |notre |son |le |du )?premier appel"
        r"|(?:lors de |dans |pendant |de )?(?:ma |notre |sa |la )premiere conversation",
    },
    "it": {
        CALL_BEFORE_LAST: r"(?:la |nella |della |per la )?penultima (?:volta|chiamata|telefonata|conversazione)",
        LAST_CALL: r"(?:per )?(?:del)?l'ultima volta(?: che (?:ho|abbiamo|ha) (?:chiamato|parlato))?"
        r"|(?:la )?(?:volta scorsa|scorsa volta)"
        r"|(?:nella|durante la|della|la|nell'|dell'|l') ?(?:mia |nostra |sua )?"
        r"(?:ultima|precedente|scorsa) (?:chiamata|telefonata|conversazione)",
        FIRST_CALL_KIND: r"(?:per )?(?:del)?la prima volta(?: che (?:ho|abbiamo|ha) (?:chiamato|parlato))?"
        r"|(?:nella|durante la|della|la) ?(?:mia |nostra |sua )?prima (?:chiamata|telefonata|conversazione)",
    },
    "nl": {
        CALL_BEFORE_LAST: r"(?:de |het )?(?:voorlaatste|op een na laatste) (?:keer|gesprek|telefoontje)",
        LAST_CALL: r"voor het laatst|(?:de )?(?:vorige|laatste) keer"
        r"|(?:in |tijdens |van )?(?:het |ons |mijn |zijn |haar )?(?:vorige?|laatste) "
        r"(?:gesprek|telefoongesprek|telefoontje)",
        FIRST_CALL_KIND: r"voor het eerst|(?:de )?(?:aller)?eerste keer"
        r"|(?:in |tijdens |van )?(?:het |ons |mijn |zijn |haar )?eerste (?:gesprek|telefoongesprek|telefoontje)",
    },
    "pl": {
        CALL_BEFORE_LAST: r"przedostatni(?:m razem| raz)|(?:w |podczas |z )?przedostatniej rozmow(?:ie|y)",
        LAST_CALL: r"(?:po raz ostatni|ostatni raz)|(?:ostatnim|poprzednim|zeszlym) razem|ostatnio"
        r"|(?:w |podczas |z )?(?:mojej |naszej )?(?:ostatniej|poprzedniej) rozmow(?:ie|y)",
        FIRST_CALL_KIND: r"(?:po raz pierwszy|pierwszy raz)|za pierwszym razem"
        r"|(?:w |podczas |z )?(?:mojej |naszej )?pierwszej rozmow(?:ie|y)",
    },
    "pt": {
        CALL_BEFORE_LAST: r"(?:n?a |da |pela )?penultima (?:vez|ligacao|chamada|conversa)",
        LAST_CALL: r"(?:d?a |na |pela )?(?:ultima|passada) vez(?: que (?:liguei|ligou|falei|falamos|falou))?"
        r"|(?:na |da |a )?(?:minha |nossa |sua )?(?:ultima|anterior) (?:ligacao|chamada|conversa)"
        r"|(?:na |da |a )?(?:ligacao|chamada|conversa) (?:anterior|passada)",
        FIRST_CALL_KIND: r"(?:d?a |na |pela )?primeira vez(?: que (?:liguei|ligou|falei|falamos|falou))?"
        r"|(?:na |da |a )?(?:minha |nossa |sua )?primeira (?:ligacao|chamada|conversa)",
    },
    "sv": {
        CALL_BEFORE_LAST: r"(?:den )?(?:nast sista|naest sista|forrforra) (?:gangen|samtalet)",
        LAST_CALL: r"(?:den )?(?:forra|senaste|sista) gangen|(?:vi )?sist|senast"
        r"|(?:i |under |fran )?(?:det |vart |mitt )?(?:forra|senaste) samtal(?:et)?",
        FIRST_CALL_KIND: r"(?:for )?(?:den )?forsta gangen"
        r"|(?:i |under |fran )?(?:det |vart |mitt )?forsta samtal(?:et)?",
    },
}
