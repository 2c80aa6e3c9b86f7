"""Progress bars in a log file."""


def test_a_log_shows_rate_and_time_left(capsys, monkeypatch):
    from emola.cli import progress

    monkeypatch.setattr(progress, "_LOG_INTERVAL_S", -1.0)
    with progress.Bars("Asking", unit="face") as bars:
        bars("set", 90, 100)
        bars("set", 95, 100)
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Asking set"
    assert last.startswith("Asking set:  95%")
    assert "95/100" in last and "face/s" in last and "<00:0" in last
