namespace Juming.Architecture.Tests.Planted.Used.Inside
{
    /// <summary>Private to the planted module.</summary>
    public sealed class Hidden;
}

namespace Juming.Architecture.Tests.Planted.User
{
    /// <summary>Uses what it must not.</summary>
    public sealed class Leak
    {
        /// <summary>The leak.</summary>
        public Used.Inside.Hidden? Hidden { get; set; }
    }
}
