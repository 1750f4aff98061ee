"""The national portal is told of every dossier, and what it knows is held against what we know (S-01, NĐ 61/2018/NĐ-CP Đ.22)."""
