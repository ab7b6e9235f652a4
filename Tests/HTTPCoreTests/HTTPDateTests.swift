import Kernel
import TestSupport
import Testing

@testable import HTTPCore

private let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
private let longDays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]
private let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

private func moment(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text), "\(text)")
}

private func read(_ text: String, now: String = "2026-06-15T12:00:00Z") throws -> Timestamp? {
    let now = try moment(now)
    return Array(text.utf8).withUnsafeBytes { HTTPDate.read($0, now: now) }
}

/// A moment in the three forms of HTTP-date.
private func forms(of time: Timestamp, weekday: Int) -> [String] {
    let text = time.rfc3339
    let part = { (from: Int, count: Int) in String(text.dropFirst(from).prefix(count)) }
    let (year, day, clock) = (part(0, 4), part(8, 2), part(11, 8))
    let month = months[(Int(part(5, 2)) ?? 1) - 1]
    let padded = day.hasPrefix("0") ? " " + day.dropFirst() : day
    return [
        "\(days[weekday]), \(day) \(month) \(year) \(clock) GMT",
        "\(longDays[weekday]), \(day)-\(month)-\(year.suffix(2)) \(clock) GMT",
        "\(days[weekday]) \(month) \(padded) \(clock) \(year)",
    ]
}

@Suite struct HTTPDateTests {
    /// RFC 9110 §5.6.7.
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ]) func `the three date formats of RFC 9110 are read`(text: String) throws {
        #expect(try read(text) == moment("1994-11-06T08:49:37Z"))
    }

    @Test(arguments: [
        ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2027-06-30T00:00:00Z", "Wed, 30 Jun 2027 00:00:00 GMT"),
    ]) func `a date is sent with its day of the week`(time: String, text: String) throws {
        #expect(try HTTPDate.text(moment(time)) == text)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `every date survives a round trip in each format`(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let now = try moment("2026-06-15T12:00:00Z")
        let fortyNineYears = 49 * 365 * 86_400
        for _ in 0..<2_000 {
            let seconds = Int64(random.below(2 * fortyNineYears) - fortyNineYears)
            let time = Timestamp(milliseconds: now.milliseconds + seconds * 1_000)
            for text in forms(of: time, weekday: random.below(7)) {
                #expect(try read(text) == time, "\(text), seed \(seed)")
            }
            let sent = HTTPDate.text(time)
            #expect(days.contains { sent.hasPrefix($0 + ", ") })
            #expect(try read(sent) == time, "\(sent), seed \(seed)")
        }
    }

    @Test(arguments: [
        ("2026-11-06T08:49:37Z", "76", 2076), ("2026-11-06T08:49:36Z", "76", 1976),
        ("2026-01-01T00:00:00Z", "26", 2026), ("2026-01-01T00:00:00Z", "25", 2025),
        ("2026-01-01T00:00:00Z", "77", 1977), ("2026-01-01T00:00:00Z", "75", 2075),
        ("2099-12-31T23:59:59Z", "05", 2105), ("2099-12-31T23:59:59Z", "50", 2050),
        ("1999-12-31T23:59:59Z", "00", 2000), ("2000-01-01T00:00:00Z", "99", 1999),
    ]) func `a year of two digits is at most fifty years in the future`(
        now: String, ending: String, year: Int
    ) throws {
        let read = try read("Sunday, 06-Nov-\(ending) 08:49:37 GMT", now: now)
        #expect(try read == moment("\(year)-11-06T08:49:37Z"), "\(now)")
    }

    @Test func `a leap day in a two-digit year is checked in the resolved year`() throws {
        #expect(
            try read("Monday, 29-Feb-72 00:00:00 GMT") == moment("2072-02-29T00:00:00Z"))
        #expect(
            try read("Monday, 29-Feb-80 00:00:00 GMT") == moment("1980-02-29T00:00:00Z"))
        #expect(try read("Monday, 29-Feb-73 00:00:00 GMT") == nil)
    }

    @Test func `a leap second is the first of the next minute`() throws {
        #expect(
            try read("Sat, 31 Dec 2016 23:59:60 GMT") == moment("2017-01-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", " ", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 gmt", "sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 006 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT ", "Sun Nov  6 08:49:37 1994 ",
        "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
        "Sun Nov  06 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
        "Sun Nov  6 08:49:37 94", "1994-11-06T08:49:37Z", "784111777",
        "Sun,\u{A0}06 Nov 1994 08:49:37 GMT", "Sun, ０６ Nov 1994 08:49:37 GMT",
    ]) func `a date outside the grammar is refused`(text: String) throws {
        #expect(try read(text) == nil)
    }

    /// One byte of a date missing, doubled, or another: none, or another date of the grammar.
    @Test func `mutated dates are valid or refused`() throws {
        let time = try moment("2026-10-08T07:06:05Z")
        for text in forms(of: time, weekday: 3) {
            let bytes = Array(text.utf8)
            for place in bytes.indices {
                var shorter = bytes
                shorter.remove(at: place)
                #expect(try read(String(decoding: shorter, as: UTF8.self)) == nil, "\(text)")
                for byte in UInt8(0)...127 where byte != bytes[place] {
                    var other = bytes
                    other[place] = byte
                    let found = try read(String(decoding: other, as: UTF8.self))
                    let isDigit = (0x30...0x39).contains(byte) || byte == 0x20
                    let isWord = String(decoding: other, as: UTF8.self).contains(/(Mon|Jan|Jun)/)
                    #expect(found == nil || isDigit || isWord, "\(place): \(byte)")
                    #expect(found == nil || found != time || byte != 0x20)
                }
            }
        }
    }
}

@Suite struct RetryAfterTests {
    private let now = Timestamp(milliseconds: 1_780_000_000_500)

    private func seconds(_ text: String) -> Int? {
        Array(text.utf8).withUnsafeBytes { RetryAfter.seconds($0, now: now) }
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), ("0000000000000000000000000000007", 7), ("9999999999", 9_999_999_999),
        ("9223372036854775807", .max), ("9223372036854775808", .max),
        (String(repeating: "9", count: 5_000), .max),
    ]) func `a Retry-After of any length is read`(text: String, expected: Int) {
        #expect(seconds(text) == expected)
    }

    @Test(arguments: ["", "-1", "+1", "1.5", "1e3", "0x10", "7 ", "7, 8", "soon", "１２", "1_000"])
    func `an invalid Retry-After is ignored`(text: String) {
        #expect(seconds(text) == nil)
    }

    @Test func `a Retry-After date is waited for to the second`() throws {
        for (later, expected) in [(499, 1), (500, 1), (1_500, 2), (86_400_500, 86_401)] {
            let date = Timestamp(milliseconds: (now.milliseconds + Int64(later)) / 1_000 * 1_000)
            let left = Double(date.milliseconds - now.milliseconds) / 1_000
            for text in forms(of: date, weekday: 0) {
                let found = try #require(seconds(text), "\(text)")
                #expect(found == Int(max(0, left.rounded(.up))), "\(text), \(expected)")
            }
        }
    }

    @Test func `a past Retry-After date means now`() {
        #expect(seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0)
        #expect(seconds("Sun Nov  6 08:49:37 1994") == 0)
        #expect(seconds("Sat, 01 Jan 0000 00:00:00 GMT") == 0)
        #expect((seconds("Fri, 31 Dec 9999 23:59:59 GMT") ?? 0) > 200_000_000_000)
    }

    @Test func `the longest of several Retry-After fields counts`() {
        let head =
            "HTTP/1.1 503 X\r\nRetry-After: 3\r\nretry-after: soon\r\nRETRY-AFTER:  90 \r\n"
            + "Retry-After: 4\r\nContent-Length: 0\r\n\r\n"
        var parser = ResponseParser(limits: HTTPLimits())
        parser.expectResponse(to: .post)
        let found = Array(head.utf8).withUnsafeBytes { bytes -> Int? in
            guard case .head(let head) = parser.next(bytes).event else { return nil }
            return head.fields.retryAfter(now: now)
        }
        #expect(found == 90)
    }
}

@Suite struct StatusOfHeadTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", 200), ("HTTP/1.1 503\r\n", 503), ("HTTP/1.0 410 Gone\r\n: x", 410),
        ("HTTP/1.1 204 X\r\n\r\n", 204), ("HTTP/1.1 299 X\r\nContent-Length: x\r\n\r\n", 299),
    ]) func `the status is known as soon as its line is complete`(text: String, status: Int) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { ResponseParser.status(ofHead: $0) } == status)
        let line = bytes.prefix { $0 != 10 }
        for count in 0...line.count {
            let cut = Array(line.prefix(count))
            #expect(cut.withUnsafeBytes { ResponseParser.status(ofHead: $0) } == nil)
        }
    }

    @Test(arguments: [
        "", "\n", "\r\n", "HTTP/1.1 200 OK\n", "HTTP/1.1 20 OK\r\n", "HTTP/2 200\r\n",
        "HTTP/1.1 100 Continue\r\n", "HTTP/1.1 101 X\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 600 X\r\n", "HTTP/1.1 200 a\u{0}\r\n", "\r\nHTTP/1.1 200 OK\r\n",
    ]) func `an invalid or interim status line has no final status`(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { ResponseParser.status(ofHead: $0) } == nil)
    }
}
