using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Testing.Farm;

/// <summary>Accounts and numbers that come from a seed.</summary>
internal static class FarmAccounts
{
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const string Marks = "!@#%*-_+";

    /// <summary>A number from 0 that is the same in each process, which <see cref="string.GetHashCode()"/> is not.</summary>
    public static int Number(string text) => BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & int.MaxValue;

    public static IReadOnlyList<FarmAccount> Make(Random dice, bool totp) =>
    [
        new(dice.Next(3) switch { 0 => "admin", 1 => "secadmin", _ => "soc_link" }, Password(dice), FarmRole.Administrator, totp ? Totp.NewSeed(dice) : null),
        new("auditor", Password(dice), FarmRole.ReadOnly, totp ? Totp.NewSeed(dice) : null),
    ];

    public static string Password(Random dice) => string.Concat(Enumerable.Range(0, 10).Select(_ => Letters[dice.Next(Letters.Length)])) + Marks[dice.Next(Marks.Length)] + dice.Next(10);
}
