"""The smallest workbooks (.xlsx), written without a library."""

from __future__ import annotations

import zipfile
from pathlib import Path


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """Write the smallest workbook: numbers, texts and truth values."""

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'
        return f"<c><v>{value}</v></c>" if isinstance(value, float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    main_ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w") as packed:
        kinds = "".join(
            f'<Override PartName="/xl/s{i}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'spreadsheetml.worksheet+xml"/>'
            for i in range(len(sheets))
        )
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            + kinds
            + "</Types>",
        )
        links = "http://schemas.openxmlformats.org/package/2006/relationships"
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}">'
            f'<Relationship Id="r" Type="{rel}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        listed = "".join(f'<sheet name="{name}" sheetId="{i + 1}" r:id="s{i}"/>' for i, name in enumerate(sheets))
        packed.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main_ns}" xmlns:r="{rel}"><sheets>{listed}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="s{i}" Type="{rel}/worksheet" Target="s{i}.xml"/>' for i in range(len(sheets))
        )
        packed.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{links}">{targets}</Relationships>')
        for i, rows in enumerate(sheets.values()):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            packed.writestr(f"xl/s{i}.xml", f'<worksheet xmlns="{main_ns}"><sheetData>{body}</sheetData></worksheet>')
