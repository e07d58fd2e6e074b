#!/bin/sh
# Greetings of people and machines, spoken by espeak-ng in several voices, speeds and noises, laid out
# as `novodial amd tune` reads them: DIR/human/*.wav and DIR/machine/*.wav.
#
#   tests/corpus/greetings.sh corpus && novodial amd tune corpus
#
# Needs espeak-ng and sox (apt install espeak-ng sox). The texts of machines are those that operators
# and voicemails in Russia say.
set -eu

dir=${1:?"usage: $0 DIR"}
mkdir -p "$dir/human" "$dir/machine"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# number, label, voice, words a minute, noise (none, street, line), text
speak() {
    espeak-ng -v "$3" -s "$4" -w "$work/voice.wav" "$6"
    # The callee takes breath before speaking, and waits for us after it.
    sox "$work/voice.wav" -r 8000 -b 16 -c 1 "$work/padded.wav" gain -n -9 pad 0.4 2.5
    out="$dir/$2/$1.wav"
    case $5 in
        none) cp "$work/padded.wav" "$out" ;;
        street) noise "$out" brownnoise 0.02 ;;
        line) noise "$out" whitenoise 0.003 ;;
    esac
}

noise() {
    length=$(soxi -D "$work/padded.wav")
    sox -n -r 8000 -b 16 -c 1 "$work/noise.wav" synth "$length" "$2" vol "$3"
    sox -m "$work/padded.wav" "$work/noise.wav" "$1"
}

# Beeps once after what a voicemail says.
beep() {
    sox -n -r 8000 -b 16 -c 1 "$work/beep.wav" synth 0.5 sine "$2" gain -n -12
    sox "$1" "$work/beep.wav" "$work/with.wav" && mv "$work/with.wav" "$1"
}

# Combines each text with voices, speeds and noises in turn.
n=0
voices="ru ru+m1 ru+m3 ru+m7 ru+f1 ru+f2 ru+f4 ru+f5"
speeds="130 155 180"
noises="none line street"
nth() { shift "$1"; echo "$1"; }

each() {
    while IFS= read -r text; do
        for turn in 0 1 2; do
            n=$((n + 1))
            # shellcheck disable=SC2086
            speak "$(printf %03d $n)" "$1" "$(nth $((n % 8 + 1)) $voices)" \
                "$(nth $(((n + turn) % 3 + 1)) $speeds)" "$(nth $((turn + 1)) $noises)" "$text"
            if [ "$1" = machine ] && [ $((n % 3)) = 0 ]; then
                beep "$dir/machine/$(printf %03d $n).wav" $((600 + n % 5 * 200))
            fi
        done
    done
}

each human <<'TEXTS'
Алло.
Алло?
Да.
Да, слушаю.
Слушаю вас.
Да, алло, я слушаю.
Алло, говорите.
Кто это?
Да-да.
Говорите.
Алло, здравствуйте.
Добрый день, слушаю вас внимательно.
Приёмная, добрый день.
Иванов слушает.
Здравствуйте, компания Ромашка, Анна.
Отдел продаж, здравствуйте.
Алло, кто говорит?
Ну алло.
Да, здравствуйте, слушаю.
Алло, вас не слышно.
Магазин Берёзка, добрый день, слушаю вас.
Ага, слушаю.
Аптека.
Да, говорите быстрее, я за рулём.
TEXTS

n=500
each machine <<'TEXTS'
Аппарат абонента выключен или находится вне зоны действия сети. Попробуйте позвонить позднее.
Абонент временно недоступен. Пожалуйста, перезвоните позже.
Здравствуйте, вы позвонили Ивану, сейчас я не могу ответить на ваш звонок. Оставьте сообщение после сигнала.
Вас приветствует голосовая почта. Абонент не может ответить на ваш звонок. Оставьте сообщение после звукового сигнала.
Номер не обслуживается. Проверьте правильность набора номера и перезвоните.
Набранный вами номер не существует. Пожалуйста, проверьте правильность набора.
Здравствуйте, это голосовой помощник абонента. Он сейчас не может говорить. Что ему передать?
Привет, я виртуальный секретарь. Абонент занят. Скажите, по какому вопросу вы звоните, и я всё передам.
Данный вид связи недоступен для абонента.
Телефон абонента выключен или находится вне зоны действия сети. Мы сообщим ему о вашем звонке.
Вы позвонили в компанию Ромашка. Все операторы заняты, пожалуйста, оставайтесь на линии.
Здравствуйте. Вы позвонили на автоответчик. Говорите после сигнала.
Абонент сейчас разговаривает. Пожалуйста, оставайтесь на линии или перезвоните позднее.
К сожалению, абонент не может сейчас принять ваш звонок. Пожалуйста, оставьте сообщение.
Добро пожаловать в компанию Василёк. Для связи с отделом продаж нажмите один, для связи с бухгалтерией нажмите два.
Ваш звонок очень важен для нас. Пожалуйста, дождитесь ответа оператора.
TEXTS

# A fax that calls and one that answers.
sox -n -r 8000 -b 16 -c 1 "$dir/machine/fax-answers.wav" synth 3 sine 2100 gain -n -12 pad 0.3 1
sox -n -r 8000 -b 16 -c 1 "$dir/machine/fax-hums.wav" synth 2.6 sine 2100 gain -n -18 pad 1 1

echo "$(ls "$dir/human" | wc -l) people, $(ls "$dir/machine" | wc -l) machines in $dir"
