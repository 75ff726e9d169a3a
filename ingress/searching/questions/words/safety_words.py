"""
The words of questions whose answer may hurt somebody if it is wrong, in the nine languages.

Each word also stands for those that begin like it, see `safety`. They are also looked for beside such a question.
"""

SAFETY_WORDS = {
    "allergy": {
        "en": "allergy allergies allergic anaphylaxis intolerance intolerant hypersensitive",
        "de": "Allergie Allergien allergisch Allergiker Unverträglichkeit vertrage überempfindlich Intoleranz",
        "es": "alergia alergias alérgico alérgica intolerancia intolerante anafilaxia",
        "fr": "allergie allergies allergique intolérance intolérant anaphylaxie",
        "it": "allergia allergie allergico allergica intolleranza intollerante anafilassi",
        "nl": "allergie allergieën allergisch intolerantie overgevoelig",
        "pl": "alergia alergie uczulenie uczulony uczulona nietolerancja",
        "pt": "alergia alergias alérgico alérgica intolerância intolerante anafilaxia",
        "sv": "allergi allergier allergisk intolerans överkänslig anafylaxi",
    },
    "medicine": {
        "en": """
            medication meds medicine medicines drug drugs tablet tablets pill pills prescription dose dosage
            antibiotic painkiller insulin anticoagulant thinners vaccine vaccinated overdose contraindication
        """,
        "de": """
            Medikament Medikamente Arznei Arzneimittel Tabletten Rezept Dosis Dosierung Antibiotikum Schmerzmittel
            Insulin Blutverdünner Impfung geimpft Spritze
        """,
        "es": """
            medicación medicamento medicamentos medicina fármaco pastillas receta dosis antibiótico analgésico
            insulina anticoagulante vacuna vacunado
        """,
        "fr": """
            médicament médicaments traitement comprimés ordonnance dose posologie antibiotique antidouleur insuline
            anticoagulant vaccin vacciné
        """,
        "it": """
            farmaco farmaci medicina medicine medicinali pastiglie compresse ricetta dose dosaggio antibiotico
            antidolorifico insulina anticoagulante vaccino vaccinato
        """,
        "nl": """
            medicatie medicijn medicijnen geneesmiddel tabletten pillen recept dosis dosering antibiotica pijnstiller
            insuline bloedverdunner vaccin gevaccineerd
        """,
        "pl": """
            lek leki leków lekarstwo lekarstwa tabletki recepta dawka dawkowanie antybiotyk przeciwbólowy insulina
            przeciwzakrzepowe szczepionka szczepienie
        """,
        "pt": """
            medicação medicamento medicamentos remédio remédios comprimidos receita dose dosagem antibiótico
            analgésico insulina anticoagulante vacina vacinado
        """,
        "sv": """
            medicin mediciner läkemedel tabletter piller recept dos dosering antibiotika smärtstillande insulin
            blodförtunnande vaccin vaccinerad
        """,
    },
    "illness": {
        "en": """
            illness disease condition conditions diagnosis diabetes diabetic epilepsy epileptic seizure asthma
            pregnant pregnancy pacemaker
            stroke cardiac surgery disability dementia emergency
        """,
        "de": """
            Krankheit Erkrankung Vorerkrankung Diagnose Diabetes Diabetiker Epilepsie Anfall Asthma schwanger
            Schwangerschaft Herzschrittmacher Schlaganfall Behinderung Demenz Notfall
        """,
        "es": """
            enfermedad diagnóstico diabetes diabético epilepsia convulsiones asma embarazada embarazo marcapasos ictus
            discapacidad demencia emergencia urgencia
        """,
        "fr": """
            maladie diagnostic diabète diabétique épilepsie crise asthme enceinte grossesse stimulateur handicap
            démence urgence
        """,
        "it": """
            malattia patologia diagnosi diabete diabetico epilessia convulsioni asma incinta gravidanza pacemaker
            ictus disabilità demenza emergenza
        """,
        "nl": """
            ziekte aandoening diagnose diabetes epilepsie aanval astma zwanger zwangerschap pacemaker beroerte
            handicap dementie noodgeval
        """,
        "pl": """
            choroba choroby diagnoza rozpoznanie cukrzyca epilepsja padaczka astma ciąża rozrusznik udar
            niepełnosprawność demencja nagły
        """,
        "pt": """
            doença diagnóstico diabetes diabético epilepsia convulsões asma grávida gravidez marcapasso deficiência
            demência emergência urgência
        """,
        "sv": """
            sjukdom diagnos diabetes epilepsi anfall astma gravid graviditet pacemaker stroke funktionsnedsättning
            demens nödsituation
        """,
    },
    "threat": {
        "en": """
            threat threats threaten threatened violence violent weapon abuse abusive harass harassment stalking
            suicide suicidal self-harm danger dangerous restraining safeguarding
        """,
        "de": """
            Drohung Drohungen gedroht bedroht Gewalt gewalttätig Waffe Missbrauch belästigt Belästigung Stalking
            Suizid suizidal Selbstmord Selbstverletzung Gefahr gefährlich
        """,
        "es": """
            amenaza amenazas amenazado amenazó violencia violento arma abuso maltrato acoso suicidio suicida
            autolesión peligro peligroso
        """,
        "fr": """
            menace menaces menacé violence violent arme abus maltraitance harcèlement suicide suicidaire
            automutilation danger dangereux
        """,
        "it": """
            minaccia minacce minacciato violenza violento arma abuso maltrattamento molestie suicidio suicida
            autolesionismo pericolo pericoloso
        """,
        "nl": """
            bedreiging bedreigingen bedreigd dreigde geweld gewelddadig wapen misbruik mishandeling intimidatie
            stalking zelfmoord suïcide gevaar gevaarlijk
        """,
        "pl": """
            groźba groźby groził groziła przemoc agresywny broń nękanie znęcanie samobójstwo samobójcze
            samookaleczenie niebezpieczeństwo niebezpieczny
        """,
        "pt": """
            ameaça ameaças ameaçou violência violento arma abuso agressão assédio suicídio suicida automutilação
            perigo perigoso
        """,
        "sv": """
            hot hotat hotade hotelse våld våldsam vapen misshandel övergrepp trakasserier stalkning självmord suicid
            självskada fara farlig
        """,
    },
    "consent": {
        "en": """
            consent consents consented permission permit authorise authorize authorised authorized authorisation
            authorization opt-out unsubscribe revoke revoked withdraw withdrawn gdpr privacy guardian recorded
            recording
        """,
        "de": """
            Einwilligung eingewilligt Zustimmung zugestimmt Einverständnis einverstanden Erlaubnis erlaubt Widerspruch
            widerrufen Vollmacht Datenschutz Betreuer aufgezeichnet Aufzeichnung
        """,
        "es": """
            consentimiento consiente consintió permiso autoriza autorización autorizado revocar revocó privacidad
            tutor grabación grabada
        """,
        "fr": """
            consentement consent consenti permission autorisation autorisé autorise révoqué retiré confidentialité
            tuteur enregistrement enregistré
        """,
        "it": """
            consenso acconsente acconsentito permesso autorizzazione autorizzato autorizza revocato revoca privacy
            tutore registrazione registrata
        """,
        "nl": """
            toestemming toegestemd instemming akkoord machtiging gemachtigd ingetrokken privacy voogd opname opgenomen
        """,
        "pl": """
            zgoda zgodę zgody zgodził zgodziła pozwolenie upoważnienie upoważniony wycofał wycofała prywatność opiekun
            nagranie nagrywanie
        """,
        "pt": """
            consentimento consente consentiu permissão autorização autorizado autoriza revogou privacidade tutor
            gravação gravada
        """,
        "sv": """
            samtycke samtyckt samtycker medgivande tillstånd tillåtelse godkänt återkallat fullmakt integritet
            förmyndare inspelning inspelat
        """,
    },
}
