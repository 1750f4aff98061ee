"""`./tinhso backup` and `./tinhso restore`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tinhso.base.stamps import BACKUP, put_stamp
from tinhso.site.addresses import without_secrets
from tinhso.site.backup.making import Made, back_up
from tinhso.site.backup.refusals import BackupRefusal
from tinhso.site.backup.restoring import Backup, open_backup, restore, try_backup
from tinhso.site.backup.sealing import MACHINE_KEY, make_keys
from tinhso.site.backup.store import opened
from tinhso.site.proof.checking import Wanted, check_all
from tinhso.site.proof.sealed import secret_keys
from tinhso.site.proof.tables import Unreadable

ROOT = Path(__file__).resolve().parents[4]
MOST_LINES = 200


def run(verb: str, arguments: list[str]) -> int:
    """Back up or restore. Returns 0 when all went well, 1 with a sentence that says what to do."""
    # what is written here is for this account only
    os.umask(0o077)
    try:
        return {"backup": _backup, "restore": _restore}[verb](arguments)
    except (BackupRefusal, Unreadable) as no:
        sys.stderr.write(f"{no}\n")
    except OSError as error:
        where = error.filename or ""
        sys.stderr.write(f"Không đọc hoặc ghi được {where} ({error.strerror}).\n{where} ({error.strerror}).\n")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _data(given: str | None) -> Path:
    return Path(given or os.environ.get("TINHSO_DATA") or ROOT / "var" / "data").resolve()


def _backup(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso backup")
    parser.add_argument("place", nargs="?", help="folder of backups, best on another machine")
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--database", help="as TINHSO_DATABASE")
    parser.add_argument("--keep", type=_positive, help="throw away all but so many of the newest runs")
    parser.add_argument("--new-key", metavar="FILE", help="make the keys: the recovery key goes into this file")
    options = parser.parse_args(arguments)
    data = _data(options.data)
    if options.new_key:
        recovery = Path(options.new_key).resolve()
        fingerprint = make_keys(recovery, data)
        _say(f"Khóa / key {fingerprint}: {recovery}, {data / MACHINE_KEY}")
        _say(f"Cất {recovery} ở nơi khác, hai bản: mất tệp ấy thì không bản sao lưu nào mở được nữa.")
        _say(f"Keep {recovery} elsewhere, twice: without it no backup can ever be opened.")
    if not options.place:
        if not options.new_key:
            parser.print_help()
        return 0 if options.new_key else 2
    database = options.database or os.environ.get("TINHSO_DATABASE", "sqlite")
    files = os.environ.get("TINHSO_FILES", "")
    at = datetime.now(UTC)  # noqa: TID251 - this is a door
    try:
        made = back_up(Path(options.place).resolve(), data, database, at=at, keep=options.keep, files=files)
    except (BackupRefusal, Unreadable, OSError) as no:
        _stamp(data, at, is_fine=False, note=str(no).partition("\n")[0])
        raise
    _stamp(data, at, is_fine=not made.damaged, note=made.run.name)
    return _tell(made)


def _stamp(data: Path, at: datetime, *, is_fine: bool, note: str) -> None:
    """Leave word for doctor, figures and the operator's page; a backup is no worse for want of it."""
    with suppress(OSError):
        if data.is_dir():
            put_stamp(BACKUP, at=at, is_fine=is_fine, note=note, data=data)


def _tell(made: Made) -> int:
    facts = made.run.facts
    _say(
        f"{made.run.name}: {facts['dossiers']} hồ sơ / dossiers, {facts['files']} tệp / files, {_size(facts['bytes'])};"
        f" mới / new: {made.new_pieces} mảnh / pieces, {_size(made.new_bytes)}"
    )
    if made.gone:
        _say(f"Đã xóa / thrown away: {', '.join(made.gone)}")
    for digest in made.damaged:
        _say(f"Tệp thiếu hoặc hỏng, không có trong bản này / missing or damaged here, not in this run: {digest}")
    return int(bool(made.damaged))


def _restore(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso restore")
    parser.add_argument("place", help="folder of backups")
    parser.add_argument("--data", help="empty folder to restore into")
    parser.add_argument("--database", help="empty database to restore into, for a backup of PostgreSQL")
    parser.add_argument("--key", help="recovery key file")
    parser.add_argument("--run", help="which run; the newest unless named")
    parser.add_argument("--list", action="store_true", help="list the runs; needs no key")
    parser.add_argument(
        "--try", dest="only_try", action="store_true", help="open and compare everything, write nothing"
    )
    parser.add_argument(
        "--into-bucket", action="store_true", help="documents go into the bucket of TINHSO_FILES, not the data folder"
    )
    options = parser.parse_args(arguments)
    place = Path(options.place).resolve()
    if options.list:
        return _list(place)
    if not options.key or not (options.data or options.only_try):
        parser.error("--key FILE, and --data DIR or --try")
    backup = open_backup(place, Path(options.key), options.run)
    if options.only_try:
        _say(f"{backup.run.name}: {_size(try_backup(backup))} đọc được và đúng / open and compare well.")
        return 0
    data = Path(options.data).resolve()
    files = os.environ.get("TINHSO_FILES", "")
    if options.into_bucket and not files:
        parser.error("--into-bucket: TINHSO_FILES=s3://…")
    into = files if options.into_bucket else ""
    restore(backup, data, database=options.database, files=into)
    _say(f"{backup.run.name} → {data}{' + ' + without_secrets(into) if into else ''}")
    if files and not into and backup.contents():
        _say(f"Tài liệu nằm ở {data / 'files'}, không ở {without_secrets(files)}: chép vào đó, hoặc bỏ TINHSO_FILES.")
        _say(f"Documents lie in {data / 'files'}, not in {without_secrets(files)}: copy them, or unset TINHSO_FILES.")
    return _prove(backup, data, options.database, into)


def _prove(backup: Backup, data: Path, database: str | None, files: str) -> int:
    """Check what was restored from the outside, and the journal by its own means."""
    address = database if backup.kind == "postgresql" and database else "sqlite"
    wrong = 0
    made_at = datetime.fromisoformat(backup.run.facts["made_at"])
    # a run of a version that did not take them is proved without
    elsewhere = ""
    if backup.run.facts.get("files_elsewhere"):
        elsewhere = without_secrets(os.environ.get("TINHSO_FILES", "")) or "TINHSO_FILES"
    wanted = Wanted(address, data, made_at, elsewhere=elsewhere, files=files, secrets=secret_keys(os.environ))
    for finding in check_all(wanted):
        wrong += not finding.is_note
        if wrong <= MOST_LINES:
            _say(str(finding))
    environment = {**os.environ, "TINHSO_DATA": str(data), "TINHSO_DATABASE": address}
    verify = [sys.executable, "-m", "tinhso.site.launch", "journal", "verify", "--detached"]
    code = subprocess.run(verify, env=environment, cwd=ROOT, check=False).returncode  # noqa: S603 - our own words
    if wrong or code:
        _say(f"Đã khôi phục nhưng có {wrong} điểm sai: đọc các dòng trên trước khi mở trang.")
        _say(f"Restored, with {wrong} findings: read the lines above before opening the site.")
        return 1
    _say(f"Khôi phục xong và đã kiểm chứng. Chạy: ./tinhso up --data {data} / Restored and proved.")
    return 0


def _list(place: Path) -> int:
    store = opened(place)
    code = 0
    for one in store.runs():
        facts = one.facts
        try:
            store.check_pieces(one.name)
            state = "đủ / whole"
        except (BackupRefusal, FileNotFoundError) as no:
            state, code = str(no).partition("\n")[0], 1
        _say(
            f"{one.name}  {facts['database']}  {facts['dossiers']} hồ sơ / dossiers  {facts['files']} tệp / files"
            f"  {_size(facts['bytes'])}  khóa / key {facts['key']}  {state}"
        )
    return code


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("--keep 1…")
    return number


def _size(count: float) -> str:
    units = ["B", "kB", "MB", "GB", "TB"]
    while count >= 1024 and len(units) > 1:  # noqa: PLR2004 - of the next unit
        count /= 1024
        units.pop(0)
    return f"{count:.3g} {units[0]}" if count < 1000 else f"{count:.0f} {units[0]}"  # noqa: PLR2004 - three digits
