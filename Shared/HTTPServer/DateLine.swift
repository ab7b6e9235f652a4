import EventLoop
import Glibc

/// `Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n` (RFC 9110 §6.6.1), made once a second.
/// Belongs to a loop.
final class DateLine {
    private var line: [UInt8] = []
    private var made = Ticks(nanoseconds: 0)

    func bytes(_ now: Ticks) -> [UInt8] {
        if line.isEmpty || now > made.adding(milliseconds: 500) {
            made = now
            line = Self.make()
        }
        return line
    }

    private static func make() -> [UInt8] {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        // The process never sets a locale, so the names are English as the grammar wants them.
        let count = strftime(&text, text.count, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts)
        return text[..<count].map { UInt8(bitPattern: $0) }
    }
}
