import TestSupport
import Testing

@testable import HTTPCore

struct MessageWriterTests {
    private func written(_ body: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        body(&buffer)
        return String(decoding: buffer.readable, as: UTF8.self)
    }

    @Test func `a field value can't contain line ends`() {
        let text = written {
            MessageWriter.field("X-A", "a\r\nEvil: b\n\u{0}\u{7f}c\td", into: &$0)
            MessageWriter.field("X\r\n: B", "\u{e9}", into: &$0)
        }
        #expect(text == "X-A: aEvil: bc\td\r\nXB: \u{e9}\r\n")
    }

    @Test func `a target can't contain line ends`() {
        let text = written { MessageWriter.target("/a b\r\n?c=\u{e9}\u{1}%41", into: &$0) }
        #expect(text == "/a%20b%0d%0a?c=%c3%a9%01%41")
    }

    @Test func `the framing field matches the body`() {
        #expect(written { MessageWriter.framing(.none, into: &$0) } == "Content-Length: 0\r\n")
        #expect(
            written { MessageWriter.framing(.length(.max), into: &$0) }
                == "Content-Length: \(Int.max)\r\n")
        #expect(
            written { MessageWriter.framing(.chunked, into: &$0) }
                == "Transfer-Encoding: chunked\r\n")
        #expect(written { MessageWriter.framing(.untilClose, into: &$0) } == "")
    }

    @Test func `an empty part writes no chunk, which would end the body`() {
        let text = written { out in
            for part in ["", "0123456789abcdef", ""] {
                bytes(part).withUnsafeBytes { MessageWriter.chunk($0, into: &out) }
            }
            MessageWriter.lastChunk(into: &out)
        }
        #expect(text == "10\r\n0123456789abcdef\r\n0\r\n\r\n")
    }

    @Test func `chunks can be read back`() {
        let random = SeededRandom(seed: 5)
        for _ in 0..<100 {
            var buffer = ByteBuffer()
            buffer.append("POST / HTTP/1.1\r\nHost: a\r\n" as StaticString)
            MessageWriter.framing(.chunked, into: &buffer)
            buffer.append("\r\n" as StaticString)
            let text = String(repeating: "abcdefghij", count: random.below(200))
            for part in cut(bytes(text), random, longest: 700) {
                part.withUnsafeBytes { MessageWriter.chunk($0, into: &buffer) }
            }
            MessageWriter.lastChunk(into: &buffer)
            let reading = readRequests(cut(Array(buffer.readable), random, longest: 300))
            let body = reading.events.first { $0.hasPrefix("body ") }?.dropFirst(5)
            #expect(body ?? "" == text, "seed \(random.seed)")
            #expect(reading.events.last == "end")
        }
    }

    @Test func `every status has its reason phrase`() {
        for status in 100...599 {
            let line = written { MessageWriter.statusLine(status, into: &$0) }
            #expect(line.hasPrefix("HTTP/1.1 \(status) "))
            #expect(line.hasSuffix("\r\n"))
        }
    }

    @Test func `a buffer keeps its bytes through growth and moves`() {
        let random = SeededRandom(seed: 7)
        for _ in 0..<50 {
            var buffer = ByteBuffer()
            var model: [UInt8] = []
            for _ in 0..<200 {
                switch random.below(5) {
                case 0, 1:
                    let part = random.bytes(random.below(700))
                    buffer.append(part)
                    model += part
                case 2:
                    let count = random.below(model.count + 1)
                    buffer.consume(count)
                    model.removeFirst(count)
                case 3:
                    buffer.append(byte: 9)
                    model.append(9)
                default:
                    if random.below(10) == 0 { buffer.removeAll() }
                    if buffer.isEmpty { model = [] }
                    buffer.releaseIfEmpty()
                }
                #expect(buffer.count == model.count, "seed \(random.seed)")
                #expect(buffer.readable.elementsEqual(model), "seed \(random.seed)")
            }
        }
    }

    @Test func `numbers are written in digits`() {
        let text = written {
            for number in [0, 9, 10, 255, Int.max] {
                $0.append(number: number)
                $0.append(byte: ASCII.space)
                $0.append(number: number, radix: 16)
                $0.append(byte: ASCII.space)
            }
        }
        #expect(
            text == "0 0 9 9 10 a 255 ff 9223372036854775807 7fffffffffffffff ")
    }
}
