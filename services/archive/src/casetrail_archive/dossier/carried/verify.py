"""核验案卷 / Verify a dossier, offline, with nothing but Python 3.8 or later.

    python3 verify.py [DIR] [--root HEX]

DIR 是含有 bagit.txt 的文件夹 / holds bagit.txt. HEX 是归档时打印的根散列值 / is the root hash printed at filing.
退出码 / exit code: 0 全部通过 all good; 1 发现问题 problems found; 2 用法错误 wrong usage; 3 自身一致，未核验
是否完整 consistent in itself, completeness not checked (no --root was given).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

TAGS = "tagmanifest-sha256.txt"
MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\:]+)\n")
DIGEST = re.compile(r"[0-9a-f]{64}")
CONTENT = re.compile(r'\{"sha256":"([0-9a-f]{64})"\}')  # how a canonical body refers to content kept apart


class DossierError(Exception):
    """Something is not as it must be."""


def refuse(text: str) -> NoReturn:
    raise DossierError(text)


def sha256(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def parse(text: str) -> Any:
    """Read JSON without floats, huge integers and repeated keys."""
    return json.loads(
        text,
        parse_int=lambda digits: int(digits) if len(digits) < 18 else refuse("整数过大 / integer too large"),
        parse_float=lambda digits: refuse(f"不允许的数 / number not allowed: {digits[:20]}"),
        parse_constant=lambda word: refuse(f"不允许的数 / number not allowed: {word}"),
        object_pairs_hook=lambda kept: dict(kept) if len(dict(kept)) == len(kept) else refuse("键重复 / repeated key"),
    )


def canonical(value: Any) -> str:
    """Return the one form of a value. Source: RFC 8785."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def take(holder: Any, key: str, kind: type) -> Any:
    """Return a member that must be there and of this kind."""
    value = holder.get(key) if isinstance(holder, dict) else None
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    return value if fits else refuse(f"字段缺失或类型不符 / member missing or of the wrong kind: {key}")


def digest(holder: Any, key: str) -> str:
    value: str = take(holder, key, str)
    return value if DIGEST.fullmatch(value) else refuse(f"不是散列值 / not a digest: {key}")


class Dossier:
    """One package, and what was found out about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.unknown: list[str] = []
        self.files: dict[str, str] = {}  # digest of what lies there, by path
        self.index: Any = {}  # data/streams.json
        self.streams: dict[tuple[str, str], list[dict[str, Any]]] = {}  # facts by service and stream
        self.whole: set[tuple[str, str]] = set()

    def bad(self, text: str, names: Any) -> None:
        self.problems += [f"{text}: {name}" for name in sorted(names)]

    def read_files(self) -> None:
        """Hash every regular file; a link or a device in a package is a trap, and is never opened."""
        for here, folders, names in os.walk(self.folder):
            for path in (Path(here, name) for name in folders + names):
                name, mode = path.relative_to(self.folder).as_posix(), path.lstat().st_mode
                if stat.S_ISREG(mode):
                    with path.open("rb") as file:
                        self.files[name] = sha256(iter(partial(file.read, 1 << 20), b""))
                elif not stat.S_ISDIR(mode):
                    self.bad("不是普通文件 / not a regular file", [name])

    def lines(self, name: str) -> Iterator[str]:
        """Yield the lines of a file of the package, each with its line feed."""
        if name not in self.files:
            refuse(f"文件缺失 / file missing: {name}")
        with (self.folder / name).open("rb") as file:
            for line in iter(partial(file.readline, 1 << 28), b""):
                if not line.endswith(b"\n"):
                    refuse(f"行不完整或过长 / line without end, or too long: {name}")
                yield line.decode("utf-8")

    def manifest(self, name: str) -> dict[str, str]:
        listed: dict[str, str] = {}
        for line in self.lines(name):
            match = MANIFEST_LINE.fullmatch(line)
            if not match or {"", ".", ".."} & set(match[2].split("/")) or match[2] in listed:
                refuse(f"清单 {name} 中有无效、重复或越界的路径 / bad, repeated or escaping path: {line[:120]}")
            listed[match[2]] = match[1]
        return listed

    def check_files(self) -> str:
        self.read_files()
        tags, payload = self.manifest(TAGS), self.manifest("manifest-sha256.txt")
        listed = {**tags, **payload}
        strays = {one for one in tags if one.startswith("data/")} | {one for one in payload if one[:5] != "data/"}
        changed = {one for one in listed if self.files.get(one, listed[one]) != listed[one]}
        self.bad("清单未列 / not listed", {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"} - set(tags))
        self.bad("列错清单 / listed in the wrong manifest", strays)
        self.bad("文件缺失 / file missing", set(listed) - set(self.files))
        self.bad("多出的文件 / file not listed", set(self.files) - set(listed) - {TAGS})
        self.bad("文件已改变 / file changed", changed)
        self.bad("卷内没有核验程序 / the package holds no verifier", {"data/verify.py"} - set(payload))
        if sha256([Path(__file__).read_bytes()]) != payload.get("data/verify.py"):
            self.unknown.append("正在运行的不是卷内所列的核验程序 / this verifier is not the one listed in the package")
        return f"文件 {len(self.files)} 个，逐一核对散列 / every digest of every file"

    def check_facts(self) -> str:
        self.index = parse("".join(self.lines("data/streams.json")))
        named = set()
        for entry in take(self.index, "streams", list):
            key = (take(entry, "service", str), take(entry, "stream", str))
            name = "data/" + take(entry, "file", str)
            if key in self.streams or name in named:
                refuse(f"事实流重复 / stream or file listed twice: {name}")
            named.add(name)
            self.streams[key] = self.read_stream(key, name, entry)
            if take(entry, "whole", bool):
                self.whole.add(key)
        kept = {one for one in self.files if one.startswith("data/facts/")}
        self.bad("未登记的事实文件 / facts of no stream", kept - named)
        return (
            f"事实 {len(list(self.facts()))} 条：规范形式、散列、次序、链 / canonical form, hash, order, chain of facts"
        )

    def read_stream(self, key: tuple[str, str], name: str, entry: Any) -> list[dict[str, Any]]:
        seq, head, facts = 0, sha256([canonical(["casetrail/1", *key]).encode("utf-8")]), []
        for place, line in enumerate(self.lines(name), 1):
            where = f"{name} 第{place}行 / line {place}: "
            try:
                fact = self.read_fact(key, line)
            except (DossierError, ValueError, RecursionError) as error:
                refuse(where + (str(error) or "无法读取 / unreadable"))
            if fact["seq"] <= seq or (entry.get("whole") and fact["seq"] != seq + 1):
                refuse(where + "次序不连续 / fact missing, repeated or swapped")
            if fact["seq"] == seq + 1 and fact["prev"] != head:
                refuse(where + "散列链断开 / chain broken")
            seq, head = fact["seq"], fact["hash"]
            facts.append(fact)
        if take(entry, "count", int) != len(facts) or take(entry, "head", str) != head:
            refuse(f"条数或末尾散列与 streams.json 不符 / count or head differs: {name}")
        return facts

    def read_fact(self, key: tuple[str, str], line: str) -> dict[str, Any]:
        outer = parse(line)
        text = take(outer, "body", str)
        body = parse(text)
        if canonical(body) != text:
            refuse("正文不是规范形式 / body is not canonical")
        prev, hash_ = digest(outer, "prev_hash"), digest(outer, "hash")
        if sha256([bytes.fromhex(prev), text.encode("utf-8")]) != hash_ or len(outer) != 3:
            refuse("散列与正文不符 / hash does not match body")
        if [take(body, name, str) for name in ("service", "stream", "agency")] != [*key, self.index.get("agency")]:
            refuse("事实不属于本流 / fact of another stream or agency")
        fact = {"seq": take(body, "stream_seq", int), "prev": prev, "hash": hash_, "content": CONTENT.findall(text)}
        return {**fact, "type": take(body, "type", str), "is": take(body, "payload", dict)}

    def facts(self, *types: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        for key in sorted(self.streams):
            yield from ((key, fact) for fact in self.streams[key] if fact["type"] in types or not types)

    def check_contents(self) -> str:
        wanted = {one for _, fact in self.facts() for one in fact["content"]}
        held, erased = set(), 0
        for place, line in enumerate(self.lines("data/contents.jsonl"), 1):
            item = parse(line)
            name, where = digest(item, "commitment"), f"contents.jsonl 第{place}行 / line {place}: "
            if name in held:
                refuse(where + "重复 / listed twice")
            held.add(name)
            if item == {"commitment": name, "erased": True}:
                erased += 1
            elif "erased" in item:
                refuse(where + "已消除的内容仍在 / erased content is still there")
            elif sha256([bytes.fromhex(take(item, "salt", str)), take(item, "content", str).encode("utf-8")]) != name:
                refuse(where + "内容与承诺值不符 / content does not match its commitment")
        self.bad("缺少内容 / content missing", wanted - held)
        self.bad("没有事实引用的内容 / content that no fact refers to", held - wanted)
        self.unknown += [f"已消除的 {erased} 项内容的文字 / what {erased} erased contents said"] if erased else []
        return f"内容 {len(held)} 项，重算承诺值 / {len(held)} contents, commitments recomputed"

    def check_references(self) -> str:
        here = {value for name, value in self.files.items() if name.startswith("data/音像/")}
        told = {digest(one, "sha256") for _, fact in self.facts("av.stored") for one in take(fact["is"], "files", list)}
        self.bad("没有事实记载的音像 / recording that no fact tells of", here - told)
        self.unknown += [f"未随卷存放的音像 / recording kept elsewhere: {one}" for one in sorted(told - here)]
        links = [{"service": "media", **fact["is"]} for _, fact in self.facts("session.linked")]
        for _, fact in self.facts("activity.started"):
            links += take({"links": [], **fact["is"]}, "links", list)
        for link in links:
            key = (take(link, "service", str), take(link, "stream", str))
            place, facts = take(link, "position", int), self.streams.get(key, [])
            if key not in self.whole or not 0 < place <= len(facts) or facts[place - 1]["hash"] != digest(link, "hash"):
                refuse(f"被关联的流缺失或与关联时不同 / linked stream missing, or not as it was: {key[1]}")
        return f"音像 {len(told)} 个，随卷 {len(told & here)} 个；关联 {len(links)} 处 / recordings and linked streams"

    def check_seals(self) -> str:
        name, sealed = take(self.index, "dossier", str), set()
        for key, fact in self.facts("stream.sealed"):
            if take(fact["is"], "count", int) != fact["seq"] - 1 or digest(fact["is"], "head") != fact["prev"]:
                refuse(f"封卷标记与其前的事实不符 / seal differs from what precedes it: {key[1]}")
            sealed |= {key} if fact["is"].get("dossier") == name else set()
        filed = [fact["is"] for _, fact in self.facts("dossier.filed") if fact["is"].get("dossier") == name]
        if not filed:
            if not take(self.index, "draft", bool):
                refuse("没有归档记录 / no record of filing")
            self.unknown.append("草稿，尚未归档封卷，末尾未定 / this is a draft: not filed, its streams go on")
            return "草稿，无封卷标记 / a draft has no seals"
        named = {(take(one, "service", str), take(one, "stream", str)) for one in take(filed[0], "streams", list)}
        self.bad("归档所列的流与卷内不符 / streams named at filing are not those held whole", named ^ self.whole)
        self.bad("流无封卷标记，末尾可能被截去 / stream without seal, its end may be cut off", self.whole - sealed)
        return f"封卷标记 {len(sealed)} 个，归档所列的流 {len(named)} 个 / seals, and the streams named at filing"


NEVER_KNOWN = (
    "事实记录是否属实，只知入账后未改 / whether what was recorded is true; only that it is unchanged since",
    "文书（PDF）是否与事实和内容逐字一致 / whether each PDF says word for word what facts and contents say",
    "共享流（人员、设备等）中与本案无关的事实 / what else the shared streams of people and devices hold",
)


def say(text: str) -> None:
    """Print a line; what stands in a hostile file must not steer the terminal."""
    sys.stdout.write("".join(char if char.isprintable() else "\ufffd" for char in text[:1000]) + "\n")


def judge(bag: Dossier, root: str | None) -> int:
    """Run every check, say what was found, and return the exit code."""
    for check in (bag.check_files, bag.check_facts, bag.check_contents, bag.check_references, bag.check_seals):
        before = len(bag.problems)
        try:
            done = check()
        except (DossierError, OSError, ValueError, RecursionError, MemoryError) as error:
            done = f"未能完成 / not completed: {check.__name__}"
            bag.problems.append(str(error) or type(error).__name__)
        say(("[不符 FAIL] " if len(bag.problems) > before else "[通过 OK]   ") + done)
        if done.endswith(": check_facts"):
            break  # what rests on the facts would be blamed for what is wrong with them
    if root not in (None, found := bag.files.get(TAGS, "")):
        bag.problems.append(f"根散列值不符，卷内为 / root hash differs, found: {found}")
    say("无法得知 / what this cannot know:")
    for line in [*bag.unknown, *NEVER_KNOWN]:
        say("  - " + line)
    if bag.problems:
        say(f"发现问题 {len(bag.problems)} 项 / {len(bag.problems)} problems:")
        for line in bag.problems[:100]:
            say("  ! " + line)
        return 1
    if root is None:
        say("自身一致，未核验是否完整 / consistent in itself, completeness not checked: needs --root HEX")
        return 3
    say("全部通过，与根散列值一致 / all good, and complete as of the root hash")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--root", type=str.lower)
    options = parser.parse_args(arguments)
    if options.root is not None and not DIGEST.fullmatch(options.root):
        parser.error("--root: 64 位十六进制 / needs 64 hexadecimal digits")
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    return judge(Dossier(options.dir), options.root)


if __name__ == "__main__":
    sys.exit(main())
