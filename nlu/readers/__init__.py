"""One reader per kind of answer, under the names that a questionnaire uses."""

from nlu.reading import Reader
from nlu.readers.blood_pressure import read_blood_pressure
from nlu.readers.date import read_date
from nlu.readers.duration import read_duration
from nlu.readers.glucose import read_glucose
from nlu.readers.id_number import read_id_number
from nlu.readers.number import read_number
from nlu.readers.phone import read_phone
from nlu.readers.plate import read_plate
from nlu.readers.quantity import read_quantity
from nlu.readers.temperature import read_temperature
from nlu.readers.train import read_train

READERS: dict[str, Reader] = {
    "blood_pressure": read_blood_pressure,
    "date": read_date,
    "duration": read_duration,
    "glucose": read_glucose,
    "id_number": read_id_number,
    "number": read_number,
    "phone": read_phone,
    "plate": read_plate,
    "quantity": read_quantity,
    "temperature": read_temperature,
    "train": read_train,
}
