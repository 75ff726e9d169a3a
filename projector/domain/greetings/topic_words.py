"""
The words of the topics that a greeting may name, in each language in which we greet.

A form is what a proposed greeting may say; one with a `*` also stands for what begins like it, where an open matter is
read. A greeting of ours says the topic in words of ours, never in those of a call.
"""

from typing import Literal

Topic = Literal["parcel", "appointment", "order", "repair"]
# In this order a matter is of a topic: the repair of what was ordered is a repair, and the parcel of an order a parcel.
TOPICS: tuple[Topic, ...] = ("repair", "parcel", "appointment", "order")

TOPIC_WORDS: dict[str, dict[Topic, str]] = {
    "ar": {
        "parcel": "الطرد طرد طردكم الشحنة شحنة شحنتكم التوصيل توصيل",
        "appointment": "الموعد موعد موعدكم الحجز حجز حجزكم",
        "order": "الطلب طلب طلبكم الطلبية طلبية طلبيتكم",
        "repair": "الإصلاح إصلاح الصيانة صيانة",
    },
    "da": {
        "parcel": "pakke* pakken pakker levering* leveringen forsendelse* forsendelsen",
        "appointment": "aftale aftalen aftaletid* tidsbestilling* booking*",
        "order": "bestilling* bestillingen ordre* ordren",
        "repair": "reparation* reparationen repar* tekniker*",
    },
    "de": {
        "parcel": "paket* pakets pakete päckchen* lieferung* liefer* zustell* sendung* versand*",
        "appointment": "termin termins termine terminverschiebung terminänderung",
        "order": "bestellung* bestell* auftrag aufträge",
        "repair": "reparatur* reparier* repar* techniker*",
    },
    "en": {
        "parcel": "parcel* parcels package packages deliver* delivery deliveries shipment* shipping tracking",
        "appointment": "appointment* appointments booking bookings reservation*",
        "order": "order orders ordered backorder*",
        "repair": "repair* repairs repaired technician* engineer",
    },
    "es": {
        "parcel": "paquete* paquetes envío* envio* entrega* reparto",
        "appointment": "cita* citas reserva* turno",
        "order": "pedido* pedidos encargo*",
        "repair": "reparación* reparacion* repara* arreglo técnico*",
    },
    "fi": {
        "parcel": "paket* paketti pakettia paketin pakettinne toimitus* toimitusta lähety* lähetys lähetystä",
        "appointment": "ajanvarau* ajanvaraus ajanvarausta varattua varausta varau* tapaami*",
        "order": "tilau* tilaus tilausta tilauksen tilauksenne tilaustanne",
        "repair": "korjau* korjaus korjausta korjauksen huolto* huoltoa",
    },
    "fr": {
        "parcel": "colis* livraison* livr* envoi* expédi* paquet*",
        "appointment": "rendez rdv* réservation*",
        "order": "commande* commandes",
        "repair": "réparation* répar* dépann* technicien*",
    },
    "hi": {
        "parcel": "पार्सल डिलीवरी पैकेज",
        "appointment": "अपॉइंटमेंट मुलाकात बुकिंग",
        "order": "ऑर्डर",
        "repair": "मरम्मत रिपेयर",
    },
    "hu": {
        "parcel": "csomag* csomaggal csomagja csomagjával kézbesít* szállít* szállítással küldemény*",
        "appointment": "időpont* időponttal időpontja időpontjával foglalás* foglalással",
        "order": "rendelés* rendeléssel rendelése rendelésével megrendel*",
        "repair": "javítás* javítással javít* szerel* szerviz*",
    },
    "id": {
        "parcel": "paket* paketnya pengiriman* kiriman*",
        "appointment": "temu janjitemu* reservasi* booking*",
        "order": "pesanan*",
        "repair": "perbaikan* perbaik* servis* reparasi*",
    },
    "it": {
        "parcel": "pacco* pacchi consegna* spedizion* spedizione",
        "appointment": "appuntament* appuntamento prenotazion* prenotazione",
        "order": "ordine* ordini ordinazion*",
        "repair": "riparazion* riparazione ripara* tecnico*",
    },
    "ja": {
        "parcel": "荷物 お荷物 配送 配達 お届け 小包",
        "appointment": "予約 ご予約 お約束",
        "order": "注文 ご注文",
        "repair": "修理",
    },
    "ko": {
        "parcel": "택배 택배는 배송 배송은 소포",
        "appointment": "예약 예약은",
        "order": "주문 주문은 주문하신",
        "repair": "수리 수리는",
    },
    "nl": {
        "parcel": "pakket* pakketje levering* bezorg* bezorging zending* verzending*",
        "appointment": "afspraak* afspraken reservering*",
        "order": "bestelling* bestel* order orders",
        "repair": "reparatie* repar* monteur*",
    },
    "no": {
        "parcel": "pakke* pakken pakker levering* leveringen forsendelse* forsendelsen sending*",
        "appointment": "avtale avtalen timeavtale* timen booking*",
        "order": "bestilling* bestillingen ordre* ordren",
        "repair": "reparasjon* reparasjonen repar* tekniker*",
    },
    "pl": {
        "parcel": "paczk* paczka paczkę paczki paczce przesyłk* przesyłka przesyłkę przesyłki dostaw* dostawa dostawę",
        "appointment": "wizyt* wizyta wizytę wizyty termin* terminu umówion* umówiony umówioną umówionej rezerwacj*",
        "order": "zamówieni* zamówienie zamówienia zamówieniem",
        "repair": "napraw* naprawa naprawę naprawy technik*",
    },
    "pt": {
        "parcel": "entrega* entregas pacote* encomenda* envio*",
        "appointment": "agendamento* consulta* marcaç* marcação reserva*",
        "order": "pedido* pedidos",
        "repair": "conserto* reparaç* reparação reparo* técnico*",
    },
    "ro": {
        "parcel": "colet* coletul coletului livrar* livrarea livrare expedi*",
        "appointment": "programar* programarea programare rezervar* rezervarea",
        "order": "comand* comanda comandă comenzi comenzii",
        "repair": "repara* reparația reparație reparației tehnician*",
    },
    "ru": {
        "parcel": "посылк* посылка посылку посылки посылкой достав* доставка доставку доставки",
        "appointment": "запис* запись записи встреч* встреча встречу встречи приём приёма приема бронир*",
        "order": "заказ* заказ заказа заказу заказом",
        "repair": "ремонт* ремонт ремонта ремонту почин* мастер*",
    },
    "sv": {
        "parcel": "paket* paketet leverans* leveransen försändelse* försändelsen",
        "appointment": "bokade bokad bokning* bokningen tidsbokning* besök*",
        "order": "beställning* beställningen order ordern",
        "repair": "reparation* reparationen repar* tekniker*",
    },
    "tr": {
        "parcel": "kargo* kargonuz kargonuzla kargonuzu paket* paketiniz teslimat* teslimatınız gönderi*",  # noqa: RUF001 - Turkish
        "appointment": "randevu* randevunuz randevunuzla randevunuzu rezervasyon*",
        "order": "sipariş* siparişiniz siparişinizle siparişinizi",
        "repair": "onarım* onarımla onarımınız tamir* tamirle",  # noqa: RUF001 - Turkish
    },
    "uk": {
        "parcel": "посилк* посилка посилку посилки доставк* доставка доставку доставки",
        "appointment": "запис* запис запису зустріч* зустрічі прийом прийому бронюв*",
        "order": "замовлен* замовлення замовленням",
        "repair": "ремонт* ремонт ремонту полагод* майст*",
    },
    "vi": {
        "parcel": "kiện bưu giao",
        "appointment": "hẹn",
        "order": "đơn",
        "repair": "sửa",
    },
    "zh": {
        "parcel": "包裹 快递 快遞 送货 送貨 配送",
        "appointment": "预约 預約 预订 預訂",
        "order": "订单 訂單",
        "repair": "维修 維修 修理",
    },
}
