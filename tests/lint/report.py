"""Counts checks and collects what failed."""
import threading


class Report:
    def __init__(self):
        self.passed = 0
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def check(self, good: bool, complaint: str) -> bool:
        with self._lock:
            if good:
                self.passed += 1
            else:
                self.failures.append(complaint)
        return good

    def close(self) -> int:
        for complaint in self.failures:
            print(f"FAIL {complaint}")
        print(f"lint: {self.passed} passed, {len(self.failures)} failed")
        return 1 if self.failures else 0
