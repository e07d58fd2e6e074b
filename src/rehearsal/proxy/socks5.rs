//! The SOCKS5 side: greeting, optional password, CONNECT, tunnel.
//!
//! Addresses may be IPv4, IPv6 or names; names are resolved here, as `socks5h` wants it. BIND and
//! UDP are refused.

use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Gate;

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xFF;
const SUCCEEDED: u8 = 0;
const HOST_UNREACHABLE: u8 = 4;
const COMMAND_NOT_SUPPORTED: u8 = 7;

/// Serves one client: greeting, login, one CONNECT, then the tunnel.
pub(super) async fn serve(mut client: TcpStream, gate: &Gate) -> std::io::Result<()> {
    if !greet(&mut client, gate).await? {
        return client.shutdown().await;
    }
    let [version, command, _reserved] = read(&mut client).await?;
    expect_version(version, VERSION)?;
    let target = read_target(&mut client).await?;
    if command != 1 {
        gate.turn_away();
        return answer(&mut client, COMMAND_NOT_SUPPORTED).await;
    }
    match TcpStream::connect(target.as_str()).await {
        Ok(stream) => {
            answer(&mut client, SUCCEEDED).await?;
            gate.tunnel(client, stream).await
        }
        Err(error) => {
            tracing::debug!(target, %error, "the proxy's target cannot be reached");
            answer(&mut client, HOST_UNREACHABLE).await
        }
    }
}

/// Agrees on a method and checks the login; false if the client is not admitted.
async fn greet(client: &mut TcpStream, gate: &Gate) -> std::io::Result<bool> {
    let [version] = read(client).await?;
    expect_version(version, VERSION)?;
    let methods = read_counted(client).await?;
    let method = if gate.login.is_some() {
        PASSWORD
    } else {
        NO_LOGIN
    };
    if !methods.contains(&method) {
        gate.turn_away();
        client.write_all(&[VERSION, NO_METHOD]).await?;
        return Ok(false);
    }
    client.write_all(&[VERSION, method]).await?;
    if method == NO_LOGIN {
        return Ok(true);
    }
    let [version] = read(client).await?;
    expect_version(version, 1)?;
    let user = read_text(client).await?;
    let password = read_text(client).await?;
    let admitted = gate.admits(&user, &password);
    client.write_all(&[1, u8::from(!admitted)]).await?;
    Ok(admitted)
}

async fn read_target(client: &mut TcpStream) -> std::io::Result<String> {
    let [kind] = read(client).await?;
    let host = match kind {
        1 => Ipv4Addr::from(read::<4>(client).await?).to_string(),
        3 => read_text(client).await?,
        4 => format!("[{}]", Ipv6Addr::from(read::<16>(client).await?)),
        _ => return Err(Error::new(ErrorKind::InvalidData, "unknown address type")),
    };
    let port = client.read_u16().await?;
    Ok(format!("{host}:{port}"))
}

async fn answer(client: &mut TcpStream, code: u8) -> std::io::Result<()> {
    // The bound address is of no use to a client of CONNECT: all zeros, as most proxies send.
    let reply = [VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0];
    client.write_all(&reply).await
}

fn expect_version(got: u8, expected: u8) -> std::io::Result<()> {
    if got == expected {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::InvalidData, "not SOCKS5"))
    }
}

async fn read<const N: usize>(client: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn read_counted(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = client.read_u8().await?;
    let mut bytes = vec![0; usize::from(length)];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn read_text(client: &mut TcpStream) -> std::io::Result<String> {
    let bytes = read_counted(client).await?;
    String::from_utf8(bytes).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}
