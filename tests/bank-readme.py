# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk through formats/banks/README.md: files that it shows are written (```kind NAME, with + behind: appended), commands of console
blocks are run in one folder, and must print what stands there. Arguments: the file, an empty folder, the shipped maps."""
import re
import subprocess
import sys

text, folder, maps = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2], sys.argv[3]
commands = 0
for head, body in re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
    words = head.split()
    if words == ["console"]:
        for piece in re.split(r"^\$ ", body, flags=re.M)[1:]:
            command, _, wanted = piece.partition("\n")
            run = command.replace("ar-extract ", "ar-extract --maps=" + maps + " ") if "--maps" not in command else command
            got = subprocess.run(["sh", "-c", run], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
            commands += 1
            if got != wanted:
                sys.exit("$ %s\n--- wanted\n%s--- got\n%s" % (command, wanted, got))
    elif len(words) > 1:
        with open(folder + "/" + words[1], "a" if words[2:] == ["+"] else "w", encoding="utf-8") as out:
            out.write(body)
assert commands > 5, commands
print("done")
