// The suite of durable messages on PostgreSQL.
#include "tests/unit/store/postgres/postgres_server.hpp"

namespace causeway::store::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, MessageStoreSuite,
                         ::testing::Values(Driver{"postgres",
                                                  [] { return std::make_unique<PostgresBackend>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace causeway::store::testing
