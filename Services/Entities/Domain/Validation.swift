import Kernel

/// Collects the fields that break a rule, so that a request hears of all of them at once.
struct Validation {
    private(set) var fields: [Fault.Field] = []

    /// The value, or nil if its rule throws.
    mutating func check<T>(_ rule: @autoclosure () throws(Fault) -> T) -> T? {
        do throws(Fault) {
            return try rule()
        } catch {
            fields += error.fields
            return nil
        }
    }

    func finish() throws(Fault) {
        guard fields.isEmpty else { throw .invalid(fields) }
    }
}
