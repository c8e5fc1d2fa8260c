//! The page this project grew from, "API & Keys" of Rancher v1.0, row by row: each sentence of it that can be seen from
//! outside has a test that carries the row's number.
//!
//! | row | what the page says | test |
//! |---|---|---|
//! | 1 | the API tab shows the endpoint | `row_01`, in `page.rs` and `access.rs` |
//! | 2 | the endpoint URL leads to one's environment | `row_02` |
//! | 3 | without access control anyone has the API | `row_03` |
//! | 4 | enabling it is recommended | `row_04` |
//! | 5 | once it is on, a key is needed for each environment | `row_05` |
//! | 6 | every object can be viewed in the API | `row_06` |
//! | 7 | the endpoint URL gives all the links | `row_07`; that none is dead: `walk.rs` |
//! | 8 | confirm that the environment is the right one | `row_08` |
//! | 9 | the button to add a key | `row_09` |
//! | 10 | name, and if desired description | `row_10` |
//! | 11 | create generates and displays the key | `row_11` |
//! | 12 | both halves are needed | `row_12` |
//! | 13 | copy, then close | `row_13`; in a browser: `browser/web_life.py` |
//! | 14 | the secret cannot be had again | `row_14` |
//! | 15 | one is prompted for a key | `row_15` |
//! | 16 | user name is the access key, password the secret key | `row_16` |
//! | 17, 18 | `curl -u` and `.netrc` | `row_17`, `row_18` in `curl.rs` |
//! | 19 | the menu at the right of a row | `row_19` |
//! | 20–24 | deactivate, label, activate, delete | `row_20` … `row_24` |
//! | 25 | an Active key cannot be deleted | `row_25` |
//! | 26, 27 | edit name and description, never the pair | `row_26`, `row_27` |
//! | 28 | a new pair is a new key | `row_28` |
//! | 29 | the old address of the page redirects | `row_29` |
//! | 30 | it is version v1 | `row_30`; its clients: `clients.rs`, `go_rancher.rs`, `api_ui.rs` |
//! | 31 | linked pages: environments, access control, API | `row_31`; more in `environments.rs` |

mod access;
mod edit;
mod issue;
mod lifecycle;
mod page;
