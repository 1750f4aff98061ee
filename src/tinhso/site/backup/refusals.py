"""What can be wrong with a backup, each with a sentence that says what to do, in both languages."""

from __future__ import annotations


class BackupRefusal(Exception):  # noqa: N818 - an answer with a sentence for the reader
    """A backup or a restore that cannot be done. `vi` and `en` take the facts by name."""

    vi = ""
    en = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.vi.format(**facts)}\n{self.en.format(**facts)}")


class NoKey(BackupRefusal):
    """The machine has no key to seal with."""

    vi = "Chưa có khóa sao lưu ở {path}. Tạo bằng: ./tinhso backup --new-key TỆP_KHÓA_KHÔI_PHỤC --data {data}"
    en = "There is no backup key at {path}. Make one: ./tinhso backup --new-key RECOVERY_KEY_FILE --data {data}"


class KeyThere(BackupRefusal):
    """A key is there already; another one would make the backups of before unreadable with it."""

    vi = "Đã có {path}; không ghi đè khóa. Muốn đổi khóa, chuyển tệp ấy đi nơi khác và sao lưu vào thư mục mới."
    en = (
        "{path} is there already; a key is never overwritten. To change keys, move it away and use a new backup folder."
    )


class BadKey(BackupRefusal):
    """The file given is not a recovery key."""

    vi = "Tệp {path} không phải khóa khôi phục của Tỉnh Số. Đưa đúng tệp đã tạo bằng ./tinhso backup --new-key."
    en = "{path} is not a recovery key of Tỉnh Số. Give the file that ./tinhso backup --new-key made."


class WrongKey(BackupRefusal):
    """The backup was sealed for another key."""

    vi = "Khóa này không mở được bản sao lưu ở {place}: bản ấy khóa bằng khóa khác ({wanted}). Tìm đúng khóa khôi phục."
    en = "This key does not open {place}: it was sealed with another one ({wanted}). Find the right recovery key."


class OtherKey(BackupRefusal):
    """The folder holds backups sealed with another key."""

    vi = "Thư mục {place} chứa bản sao lưu dùng khóa khác ({wanted}). Chọn thư mục khác, hoặc dùng lại khóa cũ."
    en = "{place} holds backups sealed with another key ({wanted}). Choose another folder, or use the old key again."


class NotAStore(BackupRefusal):
    """There is no backup in the folder."""

    vi = "Không có bản sao lưu nào ở {place}. Kiểm tra đường dẫn, hoặc ổ đĩa đã được gắn chưa."
    en = "There is no backup at {place}. Check the path, and whether the disk is mounted."


class NotEmpty(BackupRefusal):
    """The folder is in use for something else."""

    vi = "Thư mục {place} không trống. Chọn thư mục trống: khôi phục không ghi đè gì cả."
    en = "{place} is not empty. Choose an empty folder: a restore overwrites nothing."


class NoRun(BackupRefusal):
    """No run of this name."""

    vi = "Không có lần sao lưu {run} ở {place}. Xem danh sách bằng ./tinhso restore {place} --list."
    en = "There is no run {run} at {place}. List them with ./tinhso restore {place} --list."


class Tampered(BackupRefusal):
    """The seal over a run does not hold."""

    vi = "Lần sao lưu {run} đã bị sửa hoặc hỏng ({what}). Dùng lần khác, hoặc bản sao ở nơi khác."
    en = "Run {run} was changed or damaged ({what}). Use another run, or a copy kept elsewhere."


class PieceMissing(BackupRefusal):
    """A piece that a run names is gone."""

    vi = "Thiếu mảnh {piece} của {what}. Dùng lần sao lưu khác, hoặc bản sao ở nơi khác."
    en = "Piece {piece} of {what} is missing. Use another run, or a copy kept elsewhere."


class PieceDamaged(BackupRefusal):
    """A piece cannot be opened: cut short or changed."""

    vi = "Mảnh {piece} của {what} bị cắt cụt hoặc bị sửa. Dùng lần sao lưu khác, hoặc bản sao ở nơi khác."
    en = "Piece {piece} of {what} was cut short or changed. Use another run, or a copy kept elsewhere."


class DiskFull(BackupRefusal):
    """No room."""

    vi = "Hết chỗ ở {place}. Lần này không được ghi nhận; giải phóng chỗ (hoặc giảm --keep) rồi chạy lại."
    en = "There is no room left at {place}. This run does not count; make room (or lower --keep), then run again."


class DatabaseFailed(BackupRefusal):
    """The database, or its tools, said no."""

    vi = "Cơ sở dữ liệu không thực hiện được ({why}). Sửa lỗi ấy rồi chạy lại."
    en = "The database said no ({why}). Mend that, then run again."


class DatabaseWanted(BackupRefusal):
    """The run holds a dump of PostgreSQL and nobody said where to put it."""

    vi = "Bản này chứa cơ sở dữ liệu PostgreSQL: chỉ một cơ sở dữ liệu trống bằng --database postgresql://…"
    en = "This run holds a PostgreSQL database: name an empty one with --database postgresql://…"


class DatabaseNotEmpty(BackupRefusal):
    """The database to restore into holds tables."""

    vi = "Cơ sở dữ liệu đã chỉ không trống. Tạo một cơ sở dữ liệu mới rồi chạy lại."
    en = "The database named is not empty. Make a new one, then run again."


class Busy(BackupRefusal):
    """Another backup into the same folder is under way."""

    vi = "Một lần sao lưu khác đang ghi vào {place}. Đợi nó xong rồi chạy lại."
    en = "Another backup is writing to {place}. Wait for it, then run again."
