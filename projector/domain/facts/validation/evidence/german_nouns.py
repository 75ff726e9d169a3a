"""Tells German nouns from names: both have a capital, and what a call is about is told with nouns of every day."""

from projector.domain.facts.told.word_list import words

# With these endings nearly every word is a noun, and no name.
_ENDINGS = ("ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "ität", "nis")
_CHARS_MIN = 7
# As the last part of a longer word as well: `Werkstatttermin`, `Ersatzauto`.
_NOUNS = words(
    """
    abend abende ablauf abo abschluss adresse alter alltag amt angebot anfang angst anliegen anruf anrufe anschluss
    antrag antwort anzahl apotheke apparat arbeit arzt ärztin aufenthalt auftrag auge augen auto autos bad bahn balkon
    bank baum beginn bein beine bericht beruf bescheid beschwerde beschwerden besuch betrag betrieb bett bild bitte
    blut brief briefe brille bruder buch büro bus chef chefin computer dach dame daten datum dauer decke dienst ding
    dinge dokument dorf drucker ehe ehefrau ehemann einkauf eltern email ende enkel enkelin enkelkind ergebnis ersatz
    essen fahrer fahrrad fahrt fall familie farbe fax fehler feier fenster ferien fest feuer fieber finger firma fisch
    fleisch flug form formular foto frage fragen frau freitag freund freundin frist früh frühstück funk fuß garantie
    garten gast gebiet gebühr geburt geburtstag gefahr gegend gehalt geld gepäck gerät geräte geräusch geschäft
    geschenk gesicht gespräch gesundheit getränk gewicht glas grad grippe grund gruppe gutschrift gutschein haar hälfte
    hals hand handy haus haushalt haut heim heizung herd herz hilfe hof höhe hotel hund hüfte information infos inhalt
    internet jahr jahre job junge kabel kaffee kamera karte karten kasse kater katze kauf keller kennwort kind kinder
    kindergarten kiste klasse klinik klinikum knie koffer kollege kollegin kommune konto kontakt kopf kosten krankenhaus
    krankenkasse krankheit küche kunde kündigung kur laden lage land leben lehrer lehrerin leihrad leitung leute licht
    lieferung linie liste loch lohn luft mädchen mal mann markt maß medikament medikamente mehl meinung meldung menge
    miete mieter minute mitarbeiter mitarbeiterin mittag mitte mittel mittwoch möbel modell moment monat monate montag
    morgen motor musik mutter nachbar nachbarin nachmittag nachricht nacht nähe nase netz neffe nichte niere notfall
    nummer obst oma onkel opa operation ordnung ort paar paket papier partner partnerin passwort pause person personen
    pflege pflegedienst pflegeheim pin plan platz polizei post preis problem produkt prozent punkt rabatt rad raten
    raum rechnung recht reifen reihe reise reparatur rest rezept richtung rücken rückruf ruhe sache sachen samstag satz
    schaden schalter schild schlüssel schmerz schmerzen schmuck schnee schrank schritt schuh schuhe schule schulter
    schutz schwager schwägerin schwester seite sekunde sendung service sicherheit sitz sofa sohn sommer sonntag sorge
    sorgen speicher spiel sport sprache stadt station stelle stimme stock stoff störung straße strom stück stuhl stunde
    stunden suche system tablette tabletten tag tage tante tarif tasche tasse taste tasten taxi technik techniker
    teil telefon telefonnummer temperatur teppich termin termine test ticket tier tiere tipp tisch tochter ton treppe
    tür typ überweisung uhr umfang umzug unfall unterlagen unterschied urlaub vater verband verein vergleich vermieter
    verkauf verkäufer versand versicherung vertrag verwandte vollmacht vorfall vormittag vorname vorschlag vorteil
    wagen wahl wand ware wasser wechsel weg weihnachten weise welt werkstatt wert wetter winter woche wochen
    wochenende wohnung wort wunsch zahl zahlung zahn zähne zahnarzt zeit zeitung zettel ziel zimmer zoll zucker zug
    zukunft zusage zustand zweck zwilling zwillinge montags dienstags mittwochs donnerstags freitags samstags sonntags
    dienstag donnerstag januar februar märz april mai juni juli august september oktober november dezember
    """
)
_INNER_CHARS_MIN = 4


def is_noun(word: str) -> bool:
    """
    Tell whether a word in lower case is a German noun that names nobody.

    A compound is one where its last part is: no name ends so, but for a surname such as `Neuhaus`, of a few.
    """
    if word in _NOUNS or (len(word) >= _CHARS_MIN and word.endswith(_ENDINGS)):
        return True
    return any(
        word.endswith(noun) and len(word) >= len(noun) + _INNER_CHARS_MIN for noun in _NOUNS if len(noun) > 3
    ) and not word.endswith(_OF_NAMES)


# Surnames and places are made of these as well: `Neuhaus`, `Burgdorf`, `Hoffmann`, `Neumarkt`, `Eberhart`.
_OF_NAMES = ("mann", "haus", "dorf", "stadt", "land", "markt", "hof", "berg", "baum", "wald", "meier", "heim", "wand")
