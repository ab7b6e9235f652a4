import Contract
import Kernel
import ObjectStorage
import OrganizationsContract
import Testing

@testable import Organizations

@Suite struct StorageFailureTests {
    private static let all: [StorageFailure] =
        [
            .endpoint, .dns, .forbiddenAddress, .unreachable, .timeout, .tls, .signature,
            .accessKey, .bucket, .region, .clock, .unexpected(status: 418, code: nil), .busy,
            .unavailable,
        ] + StorageFailure.Step.allCases.map { .permission($0) }

    @Test func `each failure has a documented problem of its own, and a sentence`() {
        let faults = Self.all.map { Fault($0) }
        let documented = OrganizationRoutes.setStorageConfig.documentation.problems
            .filter { $0.code.hasPrefix("storage_") }
        #expect(Set(faults.map(\.code)) == Set(documented.map(\.code)))
        #expect(Set(faults.map(\.detail)).count == Self.all.count)
        for fault in faults { #expect(fault.detail.hasSuffix("."), "\(fault.detail)") }
    }

    @Test func `a failure of the bucket is a 422 at the field to change`() {
        let fault = Fault(StorageFailure.permission(.delete))
        #expect(fault.kind == .invalid)
        #expect(fault.code == "storage_permission_missing")
        #expect(fault.fields.map(\.pointer) == ["/external/accessKeyId"])
        #expect(fault.fields.map(\.detail) == [fault.detail])
        #expect(Fault(StorageFailure.clock).fields.isEmpty)
        let unexpected = Fault(StorageFailure.unexpected(status: 503, code: "SlowDown"))
        #expect(unexpected.detail.hasSuffix("(status 503, SlowDown)."))
    }

    @Test func `a check that can't run is a 503 with Retry-After`() {
        for failure in [StorageFailure.busy, .unavailable] {
            let fault = Fault(failure)
            #expect(fault.kind == .unavailable)
            #expect(fault.retryAfter == 1)
            #expect(fault.fields.isEmpty)
        }
    }
}
