/// Stores an enum as text, a word for each variant:
///
/// ```
/// #[derive(Clone, Copy)]
/// enum Colour {
///     Red,
///     LightBlue,
/// }
///
/// db::text_enum!(Colour { Red = "red", LightBlue = "light_blue" });
/// assert_eq!(Colour::LightBlue.as_str(), "light_blue");
/// assert!(matches!(Colour::parse("red"), Some(Colour::Red)));
/// assert_eq!(Colour::NAMES, ["red", "light_blue"]);
/// ```
#[macro_export]
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// What is stored, in forms and on pages.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            pub fn parse(text: &str) -> ::std::option::Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl<DB: ::sqlx::Database> ::sqlx::Type<DB> for $name
        where
            str: ::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as ::sqlx::Type<DB>>::type_info()
            }

            fn compatible(found: &DB::TypeInfo) -> bool {
                <str as ::sqlx::Type<DB>>::compatible(found)
            }
        }

        impl<'q, DB: ::sqlx::Database> ::sqlx::Encode<'q, DB> for $name
        where
            &'static str: ::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                into: &mut DB::ArgumentBuffer,
            ) -> ::std::result::Result<::sqlx::encode::IsNull, ::sqlx::error::BoxDynError> {
                ::sqlx::Encode::<DB>::encode(self.as_str(), into)
            }
        }

        impl<'r, DB: ::sqlx::Database> ::sqlx::Decode<'r, DB> for $name
        where
            &'r str: ::sqlx::Decode<'r, DB>,
        {
            fn decode(
                value: DB::ValueRef<'r>,
            ) -> ::std::result::Result<Self, ::sqlx::error::BoxDynError> {
                let word = <&str as ::sqlx::Decode<DB>>::decode(value)?;
                let unknown = || ::std::format!("no {} is {word:?}", stringify!($name)).into();
                Self::parse(word).ok_or_else(unknown)
            }
        }
    };
}
