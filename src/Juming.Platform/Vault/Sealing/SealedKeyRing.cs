using System.Text;
using System.Xml;
using System.Xml.Linq;
using Juming.Platform.Modules;
using Juming.Platform.Vault.Data;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Vault.Sealing;

/// <summary>
/// The host's key ring (sessions, forms, seeds of second factors, the seal on the audit trail's end) in <c>keys/</c>, each file sealed under the key of the
/// vault's file: who gets hold of the data folder without that key gets hold of none of these. Plain files of earlier releases are sealed when they are read.
/// </summary>
internal sealed partial class SealedKeyRing(TierContext tier, KeyFile file, IServiceScopeFactory scopes, ILogger<SealedKeyRing> log) : IXmlRepository
{
    private const string SealedName = "sealedKey";
    private const string MarkName = "by";
    private const string Purpose = "key ring";

    private readonly Lock _turn = new();

    // Keys that can't be kept while the vault's is missing: forms work, and sessions end with the process.
    private readonly List<(XElement Element, string Name)> _unkept = [];

    private string Folder => Path.Combine(tier.DataFolder, "keys");

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_turn) return [.. Files().Select(Read).OfType<XElement>(), .. _unkept.Select(u => u.Element)];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        lock (_turn)
        {
            if (!file.Exists && IsNewHost()) file.Make();
            _unkept.Add((element, friendlyName));
            if (!KeepAll()) LogUnkept(log, file.Location);
        }
    }

    /// <summary>A key is there again: what could not be kept is.</summary>
    public void Keep()
    {
        lock (_turn) KeepAll();
    }

    /// <summary>Something was sealed here; without that and without data keys no key can have been lost.</summary>
    public bool HasSealed => Files().Any(f => Load(f)?.Name.LocalName == SealedName);

    private bool KeepAll()
    {
        if (file.Newest() is not { } key) return false;
        // Names come from the library, "key-" and an identity; whatever it says, it stays a name in this folder.
        foreach (var (element, name) in _unkept) Write(Path.Combine(Folder, string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-')) + ".xml"), element, key);
        _unkept.Clear();
        return true;
    }

    /// <summary>Seals all files under another key, reads each back, and only then lets the key take its place; nobody else reads or writes meanwhile.</summary>
    /// <returns>How many are sealed under it, and how many could not be opened and stay as they are.</returns>
    /// <exception cref="IOException">What was written can't be read back; the other key did not take its place.</exception>
    public (int Sealed, int Left) SealAnew(byte[] key, Action takePlace)
    {
        lock (_turn)
        {
            var (closed, left) = (0, 0);
            foreach (var path in Files())
                if (Read(path) is { } element)
                {
                    Write(path, element, key);
                    if (Open(path, Load(path), key) is not { } back || !XNode.DeepEquals(back, element)) throw new IOException($"'{path}' can't be read back.");
                    closed++;
                }
                else left++;
            takePlace();
            return (closed, left);
        }
    }

    private string[] Files() => Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.xml") : [];

    private bool IsNewHost()
    {
        if (!file.IsOwn || HasSealed) return false;
        using var scope = scopes.CreateScope();
        return !scope.ServiceProvider.GetRequiredService<VaultDb>().Keys.Any();
    }

    private XElement? Read(string path)
    {
        var element = Load(path);
        if (element is not null && element.Name.LocalName != SealedName)
        {
            if (file.Newest() is { } key) Write(path, element, key);
            return element;
        }
        var opened = element is not null && file.Find((string?)element.Attribute(MarkName) ?? "") is { } wrapping ? Open(path, element, wrapping) : null;
        if (opened is null) LogShut(log, path);
        return opened;
    }

    private static XElement? Load(string path)
    {
        try
        {
            return XElement.Load(path);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static XElement? Open(string path, XElement? element, byte[] key)
    {
        var bytes = new byte[element?.Value.Length ?? 0];
        if (element is null || !Convert.TryFromBase64String(element.Value, bytes, out var count)) return null;
        return Seal.Open(key, bytes.AsSpan(0, count), Purpose, Path.GetFileName(path)) is { } plain ? XElement.Parse(Encoding.UTF8.GetString(plain)) : null;
    }

    /// <summary>Whole or not at all, also when the power fails.</summary>
    private static void Write(string path, XElement element, byte[] key)
    {
        var closed = new XElement(SealedName, new XAttribute(MarkName, KeyFile.MarkOf(key)), Convert.ToBase64String(Seal.Close(key, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), Purpose, Path.GetFileName(path))));
        KeyFile.Put(path, Encoding.UTF8.GetBytes(closed.ToString()), replace: true);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The key ring's file {Path} can't be opened with the vault's key: sessions, second factors and seals made with it are void until the right key is back")]
    private static partial void LogShut(ILogger log, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The vault's key {Location} is missing: sessions end with this process")]
    private static partial void LogUnkept(ILogger log, string location);
}
