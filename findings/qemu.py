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

    def receive(self, uri):
        """Loads what -incoming defer waits for."""
        self.command("migrate-incoming", uri=uri)
        while self.command("query-migrate")["return"].get("status") != "completed":
            time.sleep(0.05)

    def monitor(self, line):
        return self.command("human-monitor-command", **{"command-line": line})["return"].strip() or "no error"

    def quit(self):
        self.command("quit")
        self.process.wait()


class TestedMachine(Machine):
    """One whose registers are read and written by qtest, as a guest would."""

    def __init__(self, *options):
        super().__init__("-qtest", "unix:qtest.sock,server=on,wait=off", "-qtest-log", "none", *options)
        connection = socket.socket(socket.AF_UNIX)
        connection.connect("qtest.sock")
        self.registers = connection.makefile("rw")

    def qtest(self, line):
        self.registers.write(line + "\n")
        self.registers.flush()
        return self.registers.readline().strip()

    def fw_cfg(self, key, length):
        self.qtest(f"outw 0x510 {key}")
        return bytes(int(self.qtest("inb 0x511").split()[1], 16) for _ in range(length))

    def fw_cfg_files(self):
        """Key and size of each file, by name."""
        count = int.from_bytes(self.fw_cfg(0x19, 4), "big")
        entries = self.fw_cfg(0x19, 4 + 64 * count)[4:]
        files = {}
        for at in range(0, len(entries), 64):
            name = entries[at + 8 : at + 64].split(b"\0")[0].decode()
            files[name] = int.from_bytes(entries[at + 4 : at + 6], "big"), int.from_bytes(entries[at : at + 4], "big")
        return files


def description(path):
    """The stream's own description: the JSON at its end."""
    text = open(path, "rb").read().decode("latin1")
    return json.loads(text[text.rindex('{"page_size"') :].rstrip("\0"))
