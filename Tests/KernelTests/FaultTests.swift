import Kernel
import Testing

@Suite struct FaultTests {
    @Test func `a fault in a log is its code, its sentence, its fields and why`() {
        let fault = Fault(
            .invalid, code: "validation_failed", "2 fields are invalid.",
            fields: [
                Fault.Field("/name", "is required"),
                Fault.Field("/page", "must be a whole number").placed(in: .query),
            ], privateDetail: "seen by tests")
        #expect(
            "\(fault)" == "validation_failed: 2 fields are invalid. /name is required. "
                + "page must be a whole number. (seen by tests)")
        #expect("\(Fault(.gone, code: "gone", "It is gone."))" == "gone: It is gone.")
    }
}
