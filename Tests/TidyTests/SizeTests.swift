import Testing

@Suite struct SizeTests {
    private let files =
        Sources.swift(in: "Services", "Shared", "Tests")
        + [Sources.read("Package.swift")].compactMap { $0 }

    @Test func `no file has more than 400 lines`() {
        let long = files.filter { $0.lines.count > 401 }.map { "\($0.path): \($0.lines.count)" }
        #expect(long.isEmpty)
    }

    @Test func `no line has more than 100 columns`() {
        let long = files.flatMap { file in
            file.lines.enumerated().filter { $1.count > 100 }.map {
                "\(file.path):\($0.offset + 1)"
            }
        }
        #expect(long.isEmpty)
    }

    @Test func `no function has more than 70 lines`() {
        let long = files.flatMap { file in
            Functions(file).all.filter { $0.lines > 70 }.map {
                "\(file.path):\($0.start) \($0.lines)"
            }
        }
        #expect(long.isEmpty)
    }
}

/// Functions by the layout that the formatter gives them: a body ends with a brace in the column
/// in which its declaration began.
private struct Functions {
    var all: [(start: Int, lines: Int)] = []

    init(_ file: Sources.File) {
        for (index, line) in file.lines.enumerated() where Self.declares(line) {
            let indent = line.prefix { $0 == " " }
            let end = file.lines[(index + 1)...].firstIndex { $0 == indent + "}" }
            if let end, !file.lines[index].hasSuffix("}") {
                all.append((index + 1, end - index + 1))
            }
        }
    }

    private static func declares(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        return words.contains("func") || line.contains(" init(") || words.first == "init"
    }
}
