#!/bin/sh
# Installs Home Assistant for tests/mqtt/test_home_assistant.py: about 5 minutes and 900 MB.
#
#   sh tests/mqtt/home_assistant.sh FOLDER [PYTHON]
#   TEST_HASS=FOLDER/bin/hass pytest -m slow tests/mqtt/test_home_assistant.py
#
# PYTHON: 3.13, by default python3.13. Home Assistant installs more, of its own, when it starts for the first time.
set -eu
folder=${1:?"give a folder to install into"}
python=${2:-python3.13}
"$python" -m venv "$folder"
# paho-mqtt and numpy: what its MQTT and camera parts would otherwise fetch at the start
"$folder/bin/pip" install --quiet homeassistant==2025.4.4 "paho-mqtt>=2.1,<3" numpy
echo "Home Assistant $("$folder/bin/hass" --version) is in $folder/bin/hass"
