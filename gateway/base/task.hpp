#pragma once
/// @file gateway/base/task.hpp
/// NAME       Task<T>: a coroutine on the loop. Apart from the other base headers, so that values need no Asio.
/// WHY        What coroutines do not forgive is in CONTRIBUTING.md: parameters by value, name objects before
///            `co_await f(std::move(object))`, no capturing lambda coroutines.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace causeway {

namespace asio = boost::asio;

template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace causeway
