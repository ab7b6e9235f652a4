import Contract
import Kernel
import ObjectStorage
import OrganizationsContract
import Testing

@testable import Organizations

@Suite struct StorageFailureTests {
    @Test func `the document names every way in which a bucket can fail, and no other`() {
        let documented = OrganizationRoutes.setStorageConfig.documentation.problems
            .filter { $0.code.hasPrefix("storage_") }
        let known = StorageFailure.Code.allCases.map(\.rawValue)
        #expect(documented.map(\.code).sorted() == known.sorted())
        let ours = [StorageFailure.busy, .unavailable].map(\.code)
        for cause in documented {
            #expect((cause.status == 503) == ours.contains(cause.code))
        }
    }

    @Test func `what is wrong with a bucket is 422 at the member to be changed`() {
        let fault = Fault(StorageFailure.permission(.delete))
        #expect(fault.kind == .invalid)
        #expect(fault.code == "storage_permission_missing")
        #expect(fault.fields.map(\.pointer) == ["/external/accessKeyId"])
        #expect(fault.fields.map(\.detail) == [fault.detail])
        #expect(Fault(StorageFailure.clock).fields.isEmpty)
    }

    @Test func `what has nothing to do with the bucket is 503, to be tried again`() {
        let fault = Fault(StorageFailure.busy)
        #expect(fault.kind == .unavailable)
        #expect(fault.retryAfter == 1)
        #expect(fault.fields.isEmpty)
    }
}
