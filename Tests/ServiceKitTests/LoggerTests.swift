import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct LoggerTests {
    private static let nasty =
        "a\"b\\c\nd\re\tf\u{0}g\u{1B}[31m\u{7F}\u{85}\u{9F}é😀\u{2028}/</script>\u{202E}"

    @Test func `an event is one line of JSON`() throws {
        let book = LogBook()
        book.logger().info("it happened", ["what": Self.nasty, "n\"a": "1"])
        let line = try #require(book.lines.first)
        #expect(book.lines.count == 1 && line.hasSuffix("}\n"))
        #expect(line.utf8.count { $0 == 10 } == 1)
        let json = JSONValue(Array(line.utf8))
        #expect(json?["time"]?.string == "2026-01-15T09:00:00.000Z")
        #expect(json?["level"]?.string == "info" && json?["service"]?.string == "test")
        #expect(json?["message"]?.string == "it happened")
        #expect(json?["what"]?.string == Self.nasty && json?["n\"a"]?.string == "1")
    }

    @Test(arguments: [Logger.Format.json, .text])
    func `control characters are escaped in values and messages`(format: Logger.Format) {
        let book = LogBook()
        book.logger(.debug, format).error(Self.nasty, ["what": Self.nasty])
        let scalars = book.text.unicodeScalars.dropLast()
        #expect(scalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    }

    @Test func `text is for people`() {
        let book = LogBook()
        book.logger(.debug, .text).warning("low \"disk\"", ["free": "1 MB"])
        #expect(
            book.lines == [
                "2026-01-15T09:00:00.000Z warning test: low \\\"disk\\\" free=\"1 MB\"\n"
            ]
        )
    }

    @Test func `lines below the minimum level are not written`() {
        let book = LogBook()
        let logger = book.logger(.warning)
        logger.debug("a")
        logger.info("b")
        logger.warning("c")
        logger.error("d")
        #expect(book.lines.count == 2)
        #expect(!logger.logs(.info) && logger.logs(.error))
    }

    @Test func `lines of many threads don't mix`() async {
        let book = LogBook()
        let logger = book.logger()
        await withTaskGroup { group in
            for number in 0..<200 { group.addTask { logger.info("m", ["n": "\(number)"]) } }
        }
        let numbers = book.lines.compactMap { JSONValue(Array($0.utf8))?["n"]?.string }
        #expect(Set(numbers).count == 200)
    }

    @Test func `levels and formats are parsed by name`() {
        #expect(Logger.Level("debug") == .debug && Logger.Level("error") == .error)
        #expect(Logger.Level("INFO") == nil && Logger.Format(rawValue: "xml") == nil)
    }
}
