/// Collects the fields that break a rule, so that a response lists all of them.
public struct Validation {
    /// The invalid fields so far.
    public private(set) var fields: [Fault.Field] = []

    public init() {}

    /// The value, or nil if its rule throws.
    public mutating func check<T>(_ rule: @autoclosure () throws(Fault) -> T) -> T? {
        do throws(Fault) {
            return try rule()
        } catch {
            fields += error.fields
            return nil
        }
    }

    /// Notes a field that breaks a rule.
    public mutating func reject(_ pointer: String, _ detail: String) {
        fields.append(Fault.Field(pointer, detail))
    }

    /// - Throws: 422 with all invalid fields.
    public func finish() throws(Fault) {
        guard fields.isEmpty else { throw .invalid(fields) }
    }

    /// The checked values, if no field breaks a rule.
    public func finish<each T>(_ checked: repeat (each T)?) throws(Fault) -> (repeat each T) {
        try finish()
        func unwrapped<U>(_ value: U?) throws(Fault) -> U {
            guard let value else { throw .invalid(fields) }
            return value
        }
        return (repeat try unwrapped(each checked))
    }
}
