"""One reader per kind of answer, under the names that a questionnaire uses."""

from nlu.readers.blood_pressure import read_blood_pressure
from nlu.readers.callback import read_callback
from nlu.readers.choice import read_choice
from nlu.readers.date import read_date
from nlu.readers.duration import read_duration
from nlu.readers.glucose import read_glucose
from nlu.readers.head_count import read_head_count
from nlu.readers.id_number import read_id_number
from nlu.readers.medicine import read_medicine
from nlu.readers.name import read_name
from nlu.readers.number import read_number
from nlu.readers.phone import read_phone
from nlu.readers.plate import read_plate
from nlu.readers.quantity import read_quantity
from nlu.readers.region import read_region
from nlu.readers.relation import read_relation
from nlu.readers.room import read_room
from nlu.readers.symptoms import read_symptoms
from nlu.readers.temperature import read_temperature
from nlu.readers.text import read_text
from nlu.readers.train import read_train
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Reader

READERS: dict[str, Reader] = {
    "blood_pressure": read_blood_pressure,
    "choice": read_choice,
    "callback": read_callback,
    "date": read_date,
    "duration": read_duration,
    "glucose": read_glucose,
    "head_count": read_head_count,
    "id_number": read_id_number,
    "medicine": read_medicine,
    "name": read_name,
    "number": read_number,
    "phone": read_phone,
    "plate": read_plate,
    "quantity": read_quantity,
    "region": read_region,
    "relation": read_relation,
    "room": read_room,
    "symptoms": read_symptoms,
    "temperature": read_temperature,
    "text": read_text,
    "train": read_train,
    "yes_no": read_yes_no,
}
