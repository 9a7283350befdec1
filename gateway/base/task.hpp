#pragma once
/// @file gateway/base/task.hpp
/// NAME       Task<T>: a coroutine on the loop, and Executor, use_awaitable, Timer, TcpSocket that belong to it. Apart
///            from the other base headers, so that values need no Asio.
/// WHY        What coroutines do not forgive is in CONTRIBUTING.md: parameters by value, name objects before
///            `co_await f(std::move(object))`, no capturing lambda coroutines.
///            There is one kind of loop, so its executor is named: Asio's any_io_executor would make every wake-up
///            of a coroutine an allocation and two calls through pointers.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace causeway {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_awaitable;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

}  // namespace causeway
