"""The report of a fraud check is paid for: whatever its shape, it is kept and shown field by field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.sandbox.faults import Fault
from numdeck.sandbox.settings import Quirks
from numdeck.ui.details import record_details
from numdeck.ui.display import DisplayOptions
from tests.support import TELEGRAM, Bench, OpenBench

CHECKED = replace(TELEGRAM, need_fraud_score=True)


def said(bench: Bench, order_id: str) -> list[str]:
    """What the details of an order say, line by line."""
    pairs = record_details(bench.entry(order_id).record, DisplayOptions(utc=True), now=bench.clock.now())
    return [f"{name} {text}".strip() for name, text in pairs]


@pytest.mark.parametrize(
    ("shape", "lines"),
    [
        ("text", ["Report Fraud score {score}, no recent abuse."]),
        (
            "object",
            [
                "Report fraud_score: {score}",
                "VOIP: no",
                "line_type: Wireless",
                "carrier.name: Example Mobile",
                "carrier.lines.1: prepaid",
                "carrier.lines.2: 5G",
                "recent_abuse: —",
            ],
        ),
    ],
)
async def test_it_is_shown_and_survives_a_restart(
    open_bench: OpenBench, tmp_path: Path, shape: str, lines: list[str]
) -> None:
    path = tmp_path / "journal.sqlite3"
    bench = await open_bench(journal=path, quirks=Quirks(report=shape))  # type: ignore[arg-type]
    await bench.poll()
    entry = await bench.order(CHECKED)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    await bench.poll(minutes=1)
    score = bench.sandbox.order(entry.id).fraud_score
    wanted = [line.format(score=score) for line in lines]
    assert [line for line in said(bench, entry.id) if line in wanted] == wanted
    await bench.desk.close()
    again = await open_bench(journal=path, sandbox=bench.sandbox)
    assert [line for line in said(again, entry.id) if line in wanted] == wanted


async def test_fields_that_nobody_documented_are_shown(bench: Bench) -> None:
    odd = {
        "id": "a1",
        "pk": "b2",
        "status": "waiting",
        "provider": "virtual",
        "phone_number": "+15550000001",
        "price_usd": "on the house",
        "fraud_score": {"value": 0, "source": "checker"},
        "report": '{"VOIP": false}',
        "operator": {"name": "Example Mobile"},
        "nothing": None,
    }
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", action="answer", status=200, body=[odd]))
    await bench.poll(seconds=5)
    lines = said(bench, "a1")
    for line in (
        "Id a1",
        "Pk b2",
        "Report VOIP: no",
        "Also price_usd: on the house",
        "fraud_score.value: 0",
        "fraud_score.source: checker",
        "operator.name: Example Mobile",
        "Flags can_cancel: unknown",
    ):
        assert line in lines
    assert not any("nothing" in line for line in lines)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("refund", "refunded (refund)"),
        ("not_sms_code", "no SMS (not_sms_code)"),
        ("calculation", "calculating (calculation)"),
        ("canceled", "canceled"),
        ("success", "success"),
    ],
)
async def test_the_status_stands_there_in_the_services_words_too(bench: Bench, status: str, words: str) -> None:
    entry = await bench.order()
    bench.sandbox.finish(entry.id, status)
    await bench.poll(seconds=5)
    assert f"Status {words}" in said(bench, entry.id)
    assert {"Flags can_cancel: no", "can_replay: no", "can_extend: no"} <= set(said(bench, entry.id))
