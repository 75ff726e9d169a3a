"""In which words somebody asks for an attribute: "for a living" of one who works shifts, and never said so."""

# By the name of the attribute. In English: these words are compared by meaning, in whatever language is asked.
_TABLE = """
    name | What is the caller's name? full name, surname, how is it spelled
    phone | phone number, on which number can they be reached
    email | e-mail address
    address | address, where do they live, where to send or deliver letters, street, new home, move
    language | which language do they speak, interpreter
    contact_preference | how do they want to be contacted, when and how to call them, by mail or phone, ring or not
    accessibility | access, stairs, elevator, wheelchair, hearing, how to get in, hard of hearing
    date_of_birth | date of birth, birthday, how old
    employer | employer, which company do they work for, where do they work
    occupation | job, what do they do for a living, profession, work
    household | household, who lives with them, living situation, lives alone
    insurance | insurance company, health insurer
    insurance_number | insurance policy number, member number
    identity_number | identity number, passport
    account | account number, customer number, file number
    bank_account | bank details, account to transfer money to
    payment_card | credit card, how do they pay
    doctor | doctor, physician, who treats them
    pharmacy | pharmacy
    allergy | allergies, what can they not have, intolerance, reaction to food or medicine
    medication | medication, which medicines do they take, dose
    condition | illness, disease, medical conditions, medical history, operation
    symptom | symptoms, pain, injury, how do they feel, side effects
    pregnancy | pregnant
    disability | disability
    blood_type | blood group
    family_member | family, relatives, children, partner
    relationship | neighbour, friend, colleague, who can accept or act for them, authorised person
    pet | pets, dog, cat
    vehicle | car, vehicle, number plate, model
    product | which product, device, model do they have
    subscription | tariff, contract, plan, subscription, monthly price
    size | size, measurements
    order | what did they order or book, order number, reservation
    case | claim number, ticket number, case, police report
    appointment | appointment, when is it, date and time, booked dates
    occasion | occasion, celebration, event, what for
    plan | plans, what are they going to do, travel, move, why
    payment | payment, how much, price, how do they pay, deposit
    complaint | complaint, what were they unhappy about, dissatisfied
    issue | problem, what is broken, why did they call, fault, incident, threat, fraud
    promise | what did we promise, agree, arrange, will we send or call back, what will be ready
    instruction | instructions, what should we do or not do, what to be careful of
    availability | when are they available or not at home, time of day
    preference | preferences, what do they like, want, favourite
    dislike | dislikes, what do they not want
    interest | interests, hobbies
    mood | mood, feelings, afraid
    consent | consent, permission, may calls be recorded, agreed to
"""
ASKED_WORDS = {
    name.strip(): words.strip() for name, _, words in (line.partition("|") for line in _TABLE.strip().splitlines())
}
