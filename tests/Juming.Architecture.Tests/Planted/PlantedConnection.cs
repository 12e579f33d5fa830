using System.Net.Sockets;

namespace Juming.Architecture.Tests.Planted;

/// <summary>Goes its own way out, past the ledger.</summary>
internal static class PlantedConnection
{
    public static TcpClient Make() => new("outside.example", 443);
}
