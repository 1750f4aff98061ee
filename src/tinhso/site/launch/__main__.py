"""The launcher's second half: the shell script brings Python and packages, this runs the verb."""

from __future__ import annotations

import importlib
import os
import sys

from tinhso.site.addresses import public_address

VERBS: dict[str, tuple[str, str, str]] = {
    "up": (
        "tinhso.site.launch.up",
        "run the whole platform: web, worker, sandbox (--port, --data, --pack, --empty)",
        "chạy cả hệ thống: web, tiến trình nền, hộp cát (--port, --data, --pack, --empty)",
    ),
    "web": (
        "tinhso.site.launch.web",
        "run one web instance behind a proxy (--port, --name, --workers, --drain)",
        "chạy một tiến trình web sau máy chủ trung gian (--port, --name, --workers, --drain)",
    ),
    "live": (
        "tinhso.site.launch.live",
        "tell open pages that something changed: server-sent events (--port, --pages)",
        "báo cho trang đang mở biết có thay đổi: server-sent events (--port, --pages)",
    ),
    "worker": (
        "tinhso.site.launch.manage",
        "run the worker: whatever is done without anybody asking",
        "chạy tiến trình nền: mọi việc làm mà không ai phải yêu cầu",
    ),
    "doctor": (
        "tinhso.site.launch.doctor",
        "say what is wrong with this installation and what to do; exit code 0, 1 (mind) or 2 (broken)",
        "cho biết bản cài đặt này sai ở đâu và phải làm gì; mã thoát 0, 1 (nên xem) hoặc 2 (hỏng)",
    ),
    "test": (
        "tinhso.site.launch.check",
        "run the tests (arguments go to pytest; --whole: also those that start the program and wait)",
        "chạy kiểm thử (tham số chuyển cho pytest; --whole: cả những bài khởi động chương trình rồi chờ)",
    ),
    "lint": (
        "tinhso.site.launch.check",
        "check style, types, arrows between packages, translations",
        "kiểm tra kiểu viết, kiểu dữ liệu, quan hệ giữa các gói, bản dịch",
    ),
    "bench": (
        "tinhso.site.launch.check",
        "measure: `bench list`, `bench seed`, `bench NAME`",
        "đo: `bench list`, `bench seed`, `bench TÊN`",
    ),
    "faults": (
        "tinhso.site.launch.check",
        "hurt a scratch platform under load and prove what is left: faults [--kills N] [--seconds S] [--postgresql] [--full-disk]",
        "phá một hệ thống tạm khi đang có tải rồi kiểm chứng: faults [--kills N] [--seconds S] [--postgresql] [--full-disk]",
    ),
    "load": (
        "tinhso.site.launch.manage",
        "check and load a province pack: load DIR [--dry-run]",
        "kiểm tra và nạp gói của tỉnh: load THƯ_MỤC [--dry-run]",
    ),
    "backload": (
        "tinhso.site.launch.manage",
        "load results still in force: backload FOLDER SHEET --agency CODE [--preview]",
        "nạp kết quả còn hiệu lực: backload THƯ_MỤC BẢNG --agency MÃ [--preview]",
    ),
    "import": (
        "tinhso.site.launch.manage",
        "import procedures FILE: facts of the national portal's records",
        "import procedures TỆP: dữ kiện từ bản ghi của Cổng quốc gia",
    ),
    "journal": (
        "tinhso.site.launch.manage",
        "journal verify | seal | roots | dead | replay | followers | rewind | years | detach | attach",
        "sổ cái: journal verify | seal | roots | dead | replay | followers | rewind | years | detach | attach",
    ),
    "documents": (
        "tinhso.site.launch.manage",
        "documents check: missing, orphaned, corrupt files",
        "documents check: tệp thiếu, thừa, hỏng",
    ),
    "backup": (
        "tinhso.site.backup.command",
        "back up while running, only what is new, sealed: backup DIR [--keep N] | --new-key FILE",
        "sao lưu khi đang chạy, chỉ phần mới, có khóa: backup THƯ_MỤC [--keep N] | --new-key TỆP",
    ),
    "restore": (
        "tinhso.site.backup.command",
        "restore into an empty folder and prove it: restore DIR --key FILE --data DIR | --list | --try",
        "khôi phục vào thư mục trống và kiểm chứng: restore THƯ_MỤC --key TỆP --data DIR | --list | --try",
    ),
    "check-all": (
        "tinhso.site.proof.command",
        "prove journal, dossiers, clocks, numbers, money and files from the outside (--answered, --drained, --json)",
        "kiểm chứng độc lập sổ cái, hồ sơ, thời hạn, số, tiền và tệp (--answered, --drained, --json)",
    ),
    "keys": (
        "tinhso.site.launch.manage",
        "keys list | rotate | retire ID: the keys under which secrets lie in the database",
        "keys list | rotate | retire MÃ: các khóa mã hóa bí mật trong cơ sở dữ liệu",
    ),
    "sbom": (
        "tinhso.site.launch.sbom",
        "write what the program is made of as CycloneDX 1.6: sbom [FILE]",
        "ghi danh mục thành phần của chương trình theo CycloneDX 1.6: sbom [TỆP]",
    ),
    "audit": (
        "tinhso.site.launch.sbom",
        "ask about known weaknesses of the locked packages, where the services can be reached",
        "hỏi các điểm yếu đã biết của những gói đã khóa phiên bản, nếu kết nối được",
    ),
    "people": (
        "tinhso.site.launch.manage",
        "list the demonstration people and how they sign in",
        "liệt kê người thử và cách đăng nhập",
    ),
    "code": (
        "tinhso.site.launch.manage",
        "print the current one-time code of a demonstration official",
        "in mã một lần hiện tại của một cán bộ thử",
    ),
    "systems": (
        "tinhso.site.launch.manage",
        "systems people sign in to: systems list | register | secret | close | rotate-keys",
        "hệ thống đăng nhập qua đây: systems list | register | secret | close | rotate-keys",
    ),
    "token": (
        "tinhso.site.launch.manage",
        "issue a bearer token for the API",
        "cấp mã truy cập cho API",
    ),
    "where": (
        "tinhso.site.launch.look",
        "tell which view, template and permission serve an address",
        "cho biết view, mẫu trang và quyền phục vụ một địa chỉ",
    ),
    "modules": (
        "tinhso.site.launch.look",
        "list what every module lends: menus, events, permissions, systems",
        "liệt kê mỗi mô-đun góp gì: thực đơn, sự kiện, quyền, hệ thống",
    ),
    "refusals": (
        "tinhso.site.launch.look",
        "list every refusal with its text and law, for a lawyer to read",
        "liệt kê mọi lời từ chối kèm căn cứ, để người làm luật đọc",
    ),
    "settings": (
        "tinhso.site.launch.look",
        "list every environment variable with its default",
        "liệt kê mọi biến môi trường và giá trị mặc định",
    ),
    "manage": (
        "tinhso.site.launch.manage",
        "any other Django command",
        "mọi lệnh Django khác",
    ),
    "help": (
        "tinhso.site.launch.look",
        "this list",
        "danh sách này",
    ),
}
"""Module that runs the verb; what it is for, in English and in Vietnamese. `--data DIR` goes with all that use data."""


def main(argv: list[str]) -> int:
    """Run the verb and return its exit code; an unknown verb prints the list and returns 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    verb = argv[0] if argv else "help"
    if verb in {"-h", "--help"}:
        verb = "help"
    if verb not in VERBS:
        sys.stderr.write(f"Không có lệnh «{verb}». / There is no verb “{verb}”.\n\n")
        verb, code = "help", 2
    else:
        code = 0
    if given := os.environ.get("TINHSO_PUBLIC_URL"):
        try:
            public_address(given)
        except ValueError as no:
            sys.stderr.write(f"{no}\n")
            return 1
    module = importlib.import_module(VERBS[verb][0])
    return int(module.run(verb, argv[1:]) or code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
