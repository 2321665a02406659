// args: -fparse-all-comments
/// Brief text with \c code, \b bold, \a emphasis and \anchor here.
/// <b class="x" id=y>html</b> <br/> <p>
///
/// \brief A brief one.
/// \param[in] a the \p a
/// \param[in,out] b the b
/// \param[out] ... rest
/// \param missing not there
/// \tparam T a type
/// \tparam U<V nothing
/// \returns something
/// \verbatim
/// as it is
///   indented
/// \endverbatim
/// \fn int f(T a, int b)
/// \deprecated no
template <class T, template <class, class W> class X> int f(T a, int b, ...);
/*! Block style \n with @command{x}. */
int g; ///< trailing
/** @unknowncommand &lt; &#65; */
struct S {
  int m; //!< member
};
