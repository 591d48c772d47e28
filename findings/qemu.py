"""One QEMU that is stopped from the start, spoken to by QMP. For the scripts beside it."""
import json
import socket
import subprocess
import time


class Machine:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-L", "root/usr/share/qemu", "-L", "root/usr/share/seabios", "-L", "/usr/share/seabios"]
            + ["-S", "-nodefaults", "-display", "none", "-qmp", "unix:qmp.sock,server=on,wait=off", *options]
        )
        connection = socket.socket(socket.AF_UNIX)
        while connection.connect_ex("qmp.sock") != 0:
            if self.process.poll() is not None:
                raise SystemExit("QEMU did not start")
            time.sleep(0.05)
        self.channel = connection.makefile("rw")
        self.channel.readline()
        self.command("qmp_capabilities")

    def command(self, name, /, **arguments):
        self.channel.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.channel.flush()
        while True:
            answer = json.loads(self.channel.readline())
            if "event" not in answer:
                return answer

    def migrate(self, uri):
        """The status that the migration ends with, or the reason why it does not begin."""
        answer = self.command("migrate", uri=uri)
        if "error" in answer:
            return answer["error"]["desc"]
        while True:
            status = self.command("query-migrate")["return"]["status"]
            if status in ("completed", "failed"):
                return status
            time.sleep(0.05)

    def quit(self):
        self.command("quit")
        self.process.wait()


def description(path):
    """The stream's own description: the JSON at its end."""
    text = open(path, "rb").read().decode("latin1")
    return json.loads(text[text.rindex('{"page_size"') :].rstrip("\0"))
