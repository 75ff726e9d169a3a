"""
The attributes that a fact can have, as one table for a person to read.

A line is: the attribute; whether it has a `single` current value or `several`; whether it is `shared` by all agents,
the agent's `own`, or `safe`: the agent's own, and told to all if it is important; how sensitive it is; its sector;
labels: English, German, Spanish, French, Italian, Dutch, Polish, Portuguese, Swedish. The ids under which operators
collect it follow below.
"""

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "sv")

TABLE = """
name | single | shared | none | semantic | Name | Name | Nombre | Nom | Nome | Naam | Imię i nazwisko | Nome | Namn
phone | single | shared | none | semantic | Phone | Telefon | Teléfono | Téléphone | Telefono | Telefoon | Telefon | Telefone | Telefon
email | single | shared | none | semantic | E-mail | E-Mail | Correo | E-mail | E-mail | E-mail | E-mail | E-mail | E-post
address | single | shared | none | semantic | Address | Adresse | Dirección | Adresse | Indirizzo | Adres | Adres | Endereço | Adress
language | single | shared | none | procedural | Language | Sprache | Idioma | Langue | Lingua | Taal | Język | Idioma | Språk
contact_preference | single | shared | none | procedural | Contact preference | Kontaktwunsch | Contacto preferido | Contact préféré | Contatto preferito | Contactvoorkeur | Preferowany kontakt | Contato preferido | Önskad kontakt
accessibility | several | shared | none | semantic | Accessibility | Barrierefreiheit | Accesibilidad | Accessibilité | Accessibilità | Toegankelijkheid | Dostępność | Acessibilidade | Tillgänglighet
date_of_birth | single | own | credentials | semantic | Date of birth | Geburtsdatum | Fecha de nacimiento | Date de naissance | Data di nascita | Geboortedatum | Data urodzenia | Data de nascimento | Födelsedatum
employer | single | own | none | semantic | Employer | Arbeitgeber | Empresa | Employeur | Datore di lavoro | Werkgever | Pracodawca | Empregador | Arbetsgivare
occupation | single | own | none | semantic | Occupation | Beruf | Profesión | Profession | Professione | Beroep | Zawód | Profissão | Yrke
household | single | own | none | semantic | Household | Haushalt | Hogar | Foyer | Nucleo familiare | Huishouden | Gospodarstwo domowe | Agregado familiar | Hushåll
insurance | single | own | none | semantic | Insurance | Versicherung | Seguro | Assurance | Assicurazione | Verzekering | Ubezpieczenie | Seguro | Försäkring
insurance_number | single | own | credentials | semantic | Insurance number | Versicherungsnummer | Número de seguro | Numéro d'assurance | Numero di assicurazione | Verzekeringsnummer | Numer ubezpieczenia | Número do seguro | Försäkringsnummer
identity_number | single | own | credentials | semantic | Identity number | Ausweisnummer | Número de identidad | Numéro d'identité | Numero di identità | Identiteitsnummer | Numer tożsamości | Número de identidade | Personnummer
account | several | own | credentials | semantic | Account | Konto | Cuenta | Compte | Conto | Rekening | Konto | Conta | Konto
pin | single | own | credentials | semantic | PIN | PIN | PIN | Code PIN | PIN | Pincode | PIN | PIN | PIN-kod
password | single | own | credentials | semantic | Password | Passwort | Contraseña | Mot de passe | Parola d'ordine | Wachtwoord | Hasło | Palavra-passe | Lösenord
bank_account | several | own | money | semantic | Bank account | Bankverbindung | Cuenta bancaria | Compte bancaire | Conto bancario | Bankrekening | Konto bankowe | Conta bancária | Bankkonto
payment_card | several | own | money | semantic | Payment card | Zahlungskarte | Tarjeta de pago | Carte de paiement | Carta di pagamento | Betaalkaart | Karta płatnicza | Cartão de pagamento | Betalkort
card_code | single | own | credentials | semantic | Card security code | Kartenprüfnummer | Código de la tarjeta | Cryptogramme visuel | Codice della carta | Kaartcode | Kod karty | Código do cartão | Kortkod
doctor | several | own | none | semantic | Doctor | Arzt | Médico | Médecin | Medico | Arts | Lekarz | Médico | Läkare
pharmacy | single | own | none | semantic | Pharmacy | Apotheke | Farmacia | Pharmacie | Farmacia | Apotheek | Apteka | Farmácia | Apotek
allergy | several | own | health | semantic | Allergy | Allergie | Alergia | Allergie | Allergia | Allergie | Alergia | Alergia | Allergi
medication | several | own | health | semantic | Medication | Medikament | Medicamento | Médicament | Farmaco | Medicijn | Lek | Medicamento | Läkemedel
condition | several | own | health | semantic | Condition | Erkrankung | Enfermedad | Maladie | Malattia | Aandoening | Choroba | Doença | Sjukdom
symptom | several | own | health | semantic | Symptom | Symptom | Síntoma | Symptôme | Sintomo | Symptoom | Objaw | Sintoma | Symtom
pregnancy | single | own | health | semantic | Pregnancy | Schwangerschaft | Embarazo | Grossesse | Gravidanza | Zwangerschap | Ciąża | Gravidez | Graviditet
disability | several | own | health | semantic | Disability | Behinderung | Discapacidad | Handicap | Disabilità | Beperking | Niepełnosprawność | Deficiência | Funktionsnedsättning
blood_type | single | own | health | semantic | Blood type | Blutgruppe | Grupo sanguíneo | Groupe sanguin | Gruppo sanguigno | Bloedgroep | Grupa krwi | Grupo sanguíneo | Blodgrupp
family_member | several | own | third_party | semantic | Family member | Familienmitglied | Familiar | Membre de la famille | Familiare | Familielid | Członek rodziny | Familiar | Familjemedlem
relationship | several | own | third_party | reflective | Relationship | Beziehung | Relación | Relation | Relazione | Relatie | Relacja | Relação | Relation
pet | several | own | none | semantic | Pet | Haustier | Mascota | Animal | Animale | Huisdier | Zwierzę | Animal de estimação | Husdjur
vehicle | several | own | none | semantic | Vehicle | Fahrzeug | Vehículo | Véhicule | Veicolo | Voertuig | Pojazd | Veículo | Fordon
product | several | own | none | semantic | Product | Produkt | Producto | Produit | Prodotto | Product | Produkt | Produto | Produkt
subscription | single | own | none | semantic | Subscription | Vertrag | Contrato | Abonnement | Abbonamento | Abonnement | Abonament | Assinatura | Abonnemang
size | single | own | none | semantic | Size | Größe | Talla | Taille | Taglia | Maat | Rozmiar | Tamanho | Storlek
order | several | own | none | semantic | Order | Bestellung | Pedido | Commande | Ordine | Bestelling | Zamówienie | Pedido | Beställning
case | several | own | none | semantic | Case | Vorgang | Incidencia | Dossier | Pratica | Zaak | Sprawa | Caso | Ärende
appointment | several | own | none | semantic | Appointment | Termin | Cita | Rendez-vous | Appuntamento | Afspraak | Wizyta | Consulta | Tid
occasion | several | safe | none | semantic | Occasion | Anlass | Ocasión | Occasion | Occasione | Gelegenheid | Okazja | Ocasião | Tillfälle
plan | several | own | none | semantic | Plan | Vorhaben | Plan | Projet | Progetto | Plan | Plan | Plano | Plan
payment | several | own | money | semantic | Payment | Zahlung | Pago | Paiement | Pagamento | Betaling | Płatność | Pagamento | Betalning
complaint | several | own | none | episodic | Complaint | Beschwerde | Queja | Réclamation | Reclamo | Klacht | Skarga | Reclamação | Klagomål
issue | several | own | none | episodic | Issue | Anliegen | Problema | Problème | Problema | Probleem | Problem | Problema | Ärende
promise | several | own | none | episodic | Promise | Zusage | Promesa | Promesse | Promessa | Belofte | Obietnica | Promessa | Löfte
instruction | several | own | none | procedural | Instruction | Hinweis | Indicación | Consigne | Indicazione | Aanwijzing | Wskazówka | Indicação | Anvisning
availability | several | safe | none | procedural | Availability | Erreichbarkeit | Disponibilidad | Disponibilité | Disponibilità | Beschikbaarheid | Dostępność czasowa | Disponibilidade | Tillgänglig tid
preference | several | safe | none | procedural | Preference | Vorliebe | Preferencia | Préférence | Preferenza | Voorkeur | Preferencja | Preferência | Önskemål
dislike | several | safe | none | procedural | Dislike | Abneigung | No le gusta | N'aime pas | Non gradisce | Afkeer | Nie lubi | Não gosta | Ogillar
interest | several | own | none | procedural | Interest | Interesse | Interés | Intérêt | Interesse | Interesse | Zainteresowanie | Interesse | Intresse
mood | several | own | none | emotional | Mood | Stimmung | Ánimo | Humeur | Umore | Stemming | Nastrój | Humor | Stämning
consent | several | own | none | semantic | Consent | Einwilligung | Consentimiento | Consentement | Consenso | Toestemming | Zgoda | Consentimento | Samtycke
"""  # noqa: E501 - a table is read by its lines

# The ids under which operators collect an attribute, in any spelling: `insuranceProvider` is `insurance_provider`.
IDS = {
    "name": "full_name user_name caller_name customer_name nombre_completo nom_complet imie_i_nazwisko",
    "phone": """
        phone_number contact_number mobile mobile_number cell callback_number telefonnummer handynummer telefono
        numero_telefono telefone telefoonnummer telefonnummer numer_telefonu
    """,
    "email": "email_address mail e_mail correo_electronico mejl adres_email emailadresse",
    "address": """
        delivery_address shipping_address home_address street_address lieferadresse anschrift direccion_entrega
        adresse_livraison indirizzo_consegna bezorgadres adres_dostawy
    """,
    "language": "preferred_language spoken_language sprache idioma_preferido",
    "contact_preference": "preferred_contact contact_method preferred_contact_method preferred_channel kontaktweg",
    "date_of_birth": "dob birth_date birthday birthdate geburtstag fecha_nacimiento",
    "employer": "company employer_name firma empresa unternehmen",
    "occupation": "job job_title profession",
    "insurance": """
        insurance_provider insurance_company insurer health_insurance krankenkasse krankenversicherung aseguradora
        mutuelle mutua assureur assicuratore zorgverzekeraar ubezpieczyciel seguradora forsakringsbolag
    """,
    "insurance_number": "member_id insurance_id policy_number versichertennummer numero_poliza",
    "identity_number": """
        dni national_id pesel personnummer ssn social_security_number social_security tax_id tax_number taxpayer_id tin
        passport passport_number id_number id_card_number drivers_license driver_license_number license_number
        national_insurance_number steuernummer steuer_id ausweisnummer nie nif codice_fiscale bsn nip
        numero_securite_sociale
    """,
    "pin": "pin_code pin_number pincode passcode security_pin account_pin code_pin geheimzahl",
    "password": """
        pass_word passphrase pwd user_password account_password security_answer security_word secret_word kennwort
        codewort clave contrasena mot_de_passe losenord haslo senha
    """,
    "bank_account": """
        iban bic swift bank_account_number bank_details account_iban routing_number sort_code bankverbindung
        cuenta_bancaria compte_bancaire conto_corrente rekeningnummer numer_konta_bankowego
    """,
    "payment_card": """
        credit_card credit_card_number card card_number debit_card debit_card_number card_last_four last_four_digits
        card_expiry kreditkarte kreditkartennummer tarjeta_credito numero_tarjeta carte_bancaire
    """,
    "card_code": "cvv cvc cvv2 cvc2 card_cvv card_cvc security_code card_verification",
    "account": "account_number customer_number kundennummer kontonummer numero_cuenta numer_konta",
    "doctor": "doctor_name physician primary_doctor hausarzt medico_de_cabecera",
    "pharmacy": "pharmacy_name",
    "allergy": "allergies allergien alergias allergie uczulenie uczulenia alergie allergier",
    "medication": "medications medicine medikamente medicamentos medicaments leki geneesmiddelen lakemedel",
    "condition": "conditions medical_condition diagnosis diagnose krankheit",
    "symptom": "symptoms symptome beschwerden sintomas symptomes sintomi symptomen objawy",
    "pregnancy": "pregnant is_pregnant pregnancy_status schwanger embarazada enceinte incinta zwanger gravid",
    "disability": "disabilities disabled is_disabled handicap",
    "blood_type": "blood_group bloodtype blutgruppe",
    "pet": "pet_name pets second_pet haustiere",
    "vehicle": "vehicles car car_model vehicle_model auto",
    "product": "product_name model modelo modell",
    "subscription": "plan_name tariff tarif tarifa contract",
    "size": "frame_size shoe_size rahmengroesse schuhgroesse talla_zapato",
    "order": "order_number order_id bestellnummer numero_pedido numero_commande numero_ordine bestelnummer",
    "case": "case_number ticket ticket_number vorgangsnummer",
    "appointment": "appointment_time appointment_date next_appointment termin_am",
    "preference": "preferences",
    "interest": "interests",
    "accessibility": "accessibility_needs special_needs",
}
