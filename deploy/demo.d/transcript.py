"""The conversation as it is shown: who said what to whom, and a tick for each leg that arrived."""
import contextlib


class Transcript:
    def __init__(self):
        self.passed: list[str] = []
        self.failed: list[str] = []

    def note(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def said(self, who: str, what: str) -> None:
        print(f"     {who}: {what}", flush=True)

    @contextlib.asynccontextmanager
    async def leg(self, what: str):
        """Whatever fails within is told, and the conversation goes on."""
        try:
            yield
        except Exception as error:  # whatever a leg runs into is a leg that did not arrive
            self.failed.append(what)
            print(f"  ✗  {what}\n     {error}", flush=True)
        else:
            self.passed.append(what)
            print(f"  ✓  {what}", flush=True)

    def close(self) -> bool:
        """@return whether every leg arrived"""
        total = len(self.passed) + len(self.failed)
        print(f"\nlegs passed {len(self.passed)} / {total}")
        for what in self.failed:
            print(f"did not arrive: {what}")
        return not self.failed
