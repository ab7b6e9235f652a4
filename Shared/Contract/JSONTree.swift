/// A JSON value whose members keep their order; for examples and documents that people read.
public indirect enum JSONTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([JSONTree])
    case object([Pair])

    /// A member of an object.
    public struct Pair: Sendable, Equatable {
        /// The member's name.
        public let name: String
        /// The member's value.
        public var value: JSONTree

        public init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(elements.map { Pair($0, $1) })
    }
}

extension JSONTree {
    /// A member of an object; assigning nil removes it, a new one goes to the end.
    public subscript(_ name: String) -> JSONTree? {
        get {
            guard case .object(let pairs) = self else { return nil }
            return pairs.first { $0.name == name }?.value
        }
        set {
            guard case .object(var pairs) = self else { return }
            let index = pairs.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): pairs[index].value = value
            case (let index?, nil): pairs.remove(at: index)
            case (nil, let value?): pairs.append(Pair(name, value))
            case (nil, nil): break
            }
            self = .object(pairs)
        }
    }
}
