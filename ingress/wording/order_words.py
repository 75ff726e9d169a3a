"""
Words by which a text that was collected as a name shows itself as an order to the agent.

In the nine languages, without accents, in lower case.
"""

# No name holds one of these.
_NEVER_IN_NAMES = {
    "en": """
        admin administrator api assistant developer disregard hangup html http https ignore instruction
        instructions jailbreak override password pretend prompt ssml system www
    """,
    "de": "anweisung anweisungen ignoriere ignorieren missachte passwort systemprompt",
    "es": "contrasena ignora ignorar ignore instruccion instrucciones",
    "fr": "consigne consignes ignorez instructions motdepasse",
    "it": "ignorare istruzione istruzioni",
    "nl": "instructie instructies negeer negeren wachtwoord",
    "pl": "haslo ignoruj instrukcja instrukcje polecenia zignoruj",
    "pt": "instrucao instrucoes senha",
    "sv": "ignorera instruktion instruktioner losenord",
}
# A name may hold one of these (Forget, Tell and My are names), an order holds two.
_OF_SENTENCES = {
    "en": """
        about account again all always am and announce answer are as ask be call caller cancel change
        confirm customer delete everything following forget free from give goodbye hang has have hello her
        hi him his human i immediately in is it loudly manager me money must my never no not now number on
        operator our out past phone please previous refund repeat rules say send shout sing speak stop tell
        that the their them then they this to transfer up us voice we whisper with word words you your
    """,
    "de": """
        alle allen alles antworte auf bist bitte dein deine dem dich dir ein eine gib ich ist jetzt kein
        keine leg mein meine mich mir mit nicht nie nur rede ruf sag sage schrei sei sende sie sofort stell
        uber verbinde vergiss weiter wiederhole zuruck
    """,
    "es": """
        ahora anteriores con contigo cuelga dame debes dile dime eres favor habla las llama me mi mis no
        olvida por que repite responde se siempre todas todo todos transfiere tu tus ya yo
    """,
    "fr": """
        appelez appelle avec dis dites donne donnez es est ma maintenant me moi mon ne oublie oubliez parle
        parlez pas plait precedentes raccroche repetez s sil svp toujours tous toutes transfere transferez tu
        vos votre vous
    """,
    "it": """
        adesso chiama con dammi devi dimentica dimmi favore mi mia mio non ora parla passa per ripeti
        rispondi sei sempre trasferisci tu tue tuo tutte tutti
    """,
    "nl": """
        alles als alstublieft altijd doe een geef hang herhaal je jij jouw met mij mijn naar niet
        nooit nu onthoud op praat schakel u uw verbind vergeet zeg zet
    """,
    "pl": """
        cie daj jest jestes mi mnie mow nie odpowiedz polacz powiedz powtorz prosze rozlacz sie teraz twoje
        wszystkie zadzwon zapomnij zawsze
    """,
    "pt": """
        agora com desligue diga esqueca eu fale favor ligue me meu minha nao por repita responda sempre seu
        todas todos transfira tudo voce
    """,
    "sv": """
        alla allt alltid er glom inte jag koppla lagg med mig nu pa prata ring sag snalla svara till
        upprepa
    """,
}
NEVER_IN_NAMES = frozenset(word for words in _NEVER_IN_NAMES.values() for word in words.split())
OF_SENTENCES = frozenset(word for words in _OF_SENTENCES.values() for word in words.split())
